#!/bin/sh
# If this fails, the Highway lab works with one seed, Region, system or machine, and not with another.
set -u
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
dnf='dnf install -y httpd\ncp -r /opt/sites/highway/. /var/www/html/\nsystemctl enable --now httpd'
apt='apt-get update\napt-get install -y apache2\ncp -r /opt/sites/highway/. /var/www/html/'
nginx='apt-get update\napt-get install -y nginx\ncp -r /opt/sites/highway/. /var/www/html/\nsystemctl enable --now nginx'
yum='yum install -y nginx\ncp -r /opt/sites/highway/. /usr/share/nginx/html/\nsystemctl enable nginx\nsystemctl start nginx'

# lab SEED REGION OWNER PATTERN TYPE SERVERS USER-DATA: the lab as one script, with names of its own.
lab() {
    what="seed $1, $2, $4, $5, $6 servers"
    printf '#!/bin/bash\n%b\n' "$7" >site.sh
    cat >script <<SCRIPT
aws ec2 create-security-group --group-name door-$1 --description door
aws ec2 authorize-security-group-ingress --group-name door-$1 --protocol tcp --port 80 --cidr 0.0.0.0/0
AMI=\$(aws ec2 describe-images --owners $3 --filters 'Name=name,Values=$4' --query 'sort_by(Images,&CreationDate)[-1].ImageId' --output text)
FIRST=\$(aws ec2 run-instances --image-id \$AMI --instance-type $5 --security-groups door-$1 --user-data file://site.sh --query 'Instances[0].InstanceId' --output text)
aws ec2 wait instance-status-ok --instance-ids \$FIRST
curl -s -o first http://\$(aws ec2 describe-instances --instance-ids \$FIRST --query 'Reservations[0].Instances[0].PublicIpAddress' --output text)/
IMG=\$(aws ec2 create-image --instance-id \$FIRST --name copy-$1 --query ImageId --output text)
aws ec2 wait image-available --image-ids \$IMG
aws ec2 run-instances --image-id \$IMG --instance-type $5 --count $(($6 - 1)) --security-groups door-$1
ALL=\$(aws ec2 describe-instances --query 'Reservations[].Instances[].InstanceId' --output text)
aws ec2 wait instance-running --instance-ids \$ALL
aws ec2 wait instance-status-ok --instance-ids \$ALL
TG=\$(aws elbv2 create-target-group --name group-$1 --protocol HTTP --port 80 --vpc-id \$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text) --query 'TargetGroups[0].TargetGroupArn' --output text)
aws elbv2 register-targets --target-group-arn \$TG --targets \$(aws ec2 describe-instances --query 'Reservations[].Instances[].join(\`\`,[\`Id=\`,InstanceId])' --output text)
LB=\$(aws elbv2 create-load-balancer --name front-$1 --subnets \$(aws ec2 describe-subnets --query 'Subnets[].SubnetId' --output text) --security-groups \$(aws ec2 describe-security-groups --group-names door-$1 --query 'SecurityGroups[0].GroupId' --output text) --query 'LoadBalancers[0].LoadBalancerArn' --output text)
aws elbv2 create-listener --load-balancer-arn \$LB --protocol HTTP --port 80 --default-actions Type=forward,TargetGroupArn=\$TG
aws elbv2 wait load-balancer-available --load-balancer-arns \$LB
aws elbv2 wait target-in-service --target-group-arn \$TG
echo "NAME \$(aws elbv2 describe-load-balancers --query 'LoadBalancers[0].DNSName' --output text)"
cat first
SCRIPT
    i=0
    while [ $i -lt $((2 * $6)) ]; do
        echo "curl -s -i http://\$(aws elbv2 describe-load-balancers --query 'LoadBalancers[0].DNSName' --output text)/" >>script
        i=$((i + 1))
    done
    AWS_DEFAULT_REGION=$2 "$NEPHOSCOPE" exec --seed "$1" -f script >out 2>err
    status=$?
    pages=$(grep -c '<title>Highway</title>' out)
    servers=$(grep '^X-Served-By:' out | sort -u | wc -l)
    uneven=$(grep '^X-Served-By:' out | sort | uniq -c | awk '$1 != 2' | wc -l)
    if [ $status = 0 ] && [ "$pages" = $((2 * $6 + 1)) ] && [ "$servers" -eq "$6" ] && [ "$uneven" -eq 0 ] &&
        grep -q "^NAME front-$1-[0-9]*\.$2\.elb\.amazonaws\.com\$" out; then
        echo "ok highway: $what"
    else
        echo "# status $status, $pages pages of $((2 * $6 + 1)), $servers servers of $6, $uneven served unevenly"
        cat err
        grep '^NAME' out
        echo "not ok highway: $what"
    fi
}

lab 1 us-east-1 amazon 'al2023-ami-2023*-x86_64' t3.micro 2 "$dnf"
lab 2 us-west-2 137112412989 'al2023-ami-2023*-arm64' t4g.small 3 "$yum"
lab 3 eu-west-1 099720109477 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*' t3a.micro 2 "$apt"
lab 99 eu-west-1 099720109477 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*' t4g.micro 4 "$nginx"
lab 7 us-east-1 099720109477 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*' m5.large 3 "$apt"
lab 4096 us-west-2 136693071363 'debian-12-amd64-*' c7i.large 2 "$apt"
lab 18446744073709551615 us-east-1 136693071363 'debian-12-arm64-*' t4g.nano 2 "$nginx"
for seed in 11 12 13 14 15 16 17 18; do
    lab $seed us-east-1 amazon 'al2023-ami-2023*-x86_64' t3.micro 3 "$dnf"
done
