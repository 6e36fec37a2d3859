/*
 * tests/lib/farm.c - a web farm for tests: servers of one type, and streams of traffic to it.
 */
#include "farm.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cloud/world.h"

static const char user_data[] = "#!/bin/bash\n"
                                "dnf install -y httpd\n"
                                "cp -r /opt/sites/highway/. /var/www/html/\n"
                                "systemctl enable --now httpd\n";

void farm_run(struct farm *farm, const char *format, ...)
{
    char line[4096];
    va_list words;

    va_start(words, format);
    vsnprintf(line, sizeof(line), format, words);
    va_end(words);
    if (desk_run(&farm->desk, line) == 0)
        return;
    fprintf(stderr, "%s\n%s", line, str_text(&farm->desk.err));
    abort();
}

static void balancer_before(struct farm *farm, const char *algorithm)
{
    farm_run(farm, "VPC=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)");
    farm_run(farm, "TG=$(aws elbv2 create-target-group --name tg --protocol HTTP --port 80 "
                   "--vpc-id $VPC --query 'TargetGroups[0].TargetGroupArn' --output text)");
    farm_run(farm,
             "aws elbv2 modify-target-group-attributes --target-group-arn $TG --attributes "
             "Key=load_balancing.algorithm.type,Value=%s",
             algorithm);
    farm_run(farm,
             "aws elbv2 register-targets --target-group-arn $TG --targets $(aws ec2 "
             "describe-instances --query 'Reservations[].Instances[].join(``,[`Id=`,InstanceId])' "
             "--output text)");
    farm_run(farm, "LB=$(aws elbv2 create-load-balancer --name lb --security-groups $SG --subnets "
                   "$(aws ec2 describe-subnets --query 'Subnets[].SubnetId' --output text) "
                   "--query 'LoadBalancers[0].LoadBalancerArn' --output text)");
    farm_run(farm, "aws elbv2 create-listener --load-balancer-arn $LB --protocol HTTP --port 80 "
                   "--default-actions Type=forward,TargetGroupArn=$TG");
    farm_run(farm, "aws elbv2 wait load-balancer-available --load-balancer-arns $LB");
    farm_run(farm, "aws elbv2 wait target-in-service --target-group-arn $TG");
    farm_run(farm, "HOST=$(aws elbv2 describe-load-balancers --query 'LoadBalancers[0].DNSName' "
                   "--output text)");
}

void farm_open(struct farm *farm, const struct farm_plan *plan)
{
    *farm = (struct farm){.type = plan->type};
    desk_open_seed(&farm->desk, plan->path, plan->seed);
    farm_run(farm, "SG=$(aws ec2 create-security-group --group-name web --description web "
                   "--query GroupId --output text)");
    farm_run(farm, "aws ec2 authorize-security-group-ingress --group-id $SG --protocol tcp "
                   "--port 80 --cidr 0.0.0.0/0");
    farm_run(farm, "AMI=$(aws ec2 describe-images --owners amazon --filters "
                   "'Name=name,Values=al2023-ami-2023*-x86_64' --query "
                   "'sort_by(Images,&CreationDate)[-1].ImageId' --output text)");
    farm_run(farm,
             "aws ec2 run-instances --image-id $AMI --instance-type %s --count %d "
             "--security-group-ids $SG --user-data '%s'",
             plan->type, plan->servers, user_data);
    farm_run(farm, "ALL=$(aws ec2 describe-instances --query "
                   "'Reservations[].Instances[].InstanceId' --output text)");
    farm_run(farm, "aws ec2 wait instance-running --instance-ids $ALL");
    farm_run(farm, "aws ec2 wait instance-status-ok --instance-ids $ALL");
    if (plan->algorithm != NULL)
        balancer_before(farm, plan->algorithm);
    else
        farm_run(farm, "HOST=$(aws ec2 describe-instances --query "
                       "'Reservations[0].Instances[0].PublicIpAddress' --output text)");
    farm_run(farm, "curl -s -o /dev/null http://$HOST/");
}

void farm_close(struct farm *farm)
{
    desk_close(&farm->desk);
}

const struct stream *farm_stream(struct farm *farm, double rate, double work_ms, double requests)
{
    const struct streams *streams = &farm->desk.session->world->streams;
    double seconds = requests / rate;

    farm_run(farm,
             "lab start-traffic --url http://$HOST/ --rate %.6f --work-ms %.6f --duration %.6f",
             rate, work_ms, seconds);
    farm_run(farm, "sleep %.0f", seconds + 300);
    return table_at(&streams->table, table_count(&streams->table) - 1);
}

double farm_rate(const struct farm *farm, int vcpus, double load, double work_ms)
{
    const struct catalog *catalog = farm->desk.catalog;
    int type = catalog_type_find(catalog, farm->type);
    double speed = catalog->types[type].clock_mhz / 2500.0;

    return load * vcpus * speed / (work_ms / 1000);
}

double farm_mean_ms(const struct histogram *histogram)
{
    const struct tally *tally = &histogram->tally;

    return ((double)tally->sum_high * 1e9 + (double)tally->sum_low) / (double)tally->count / 1e6;
}

struct farm_result farm_measure(struct farm *farm, int vcpus, double load, double requests)
{
    const double work_ms = 100;
    double rate = farm_rate(farm, vcpus, load, work_ms);
    double spans[3] = {ceil(requests / rate / 10), ceil(requests / rate),
                       ceil(requests / rate / 50)};
    const struct streams *streams = &farm->desk.session->world->streams;
    const struct stream *measured;

    for (int i = 0; i < 3; i++) {
        farm_run(farm,
                 "lab start-traffic --url http://$HOST/ --rate %.6f --work-ms %.6f --duration %.6f",
                 rate, work_ms, spans[i]);
        farm_run(farm, "sleep %.0f", spans[i]);
    }
    measured = table_at(&streams->table, table_count(&streams->table) - 2);
    if (measured->in_flight != 0 || measured->failed != 0) {
        fprintf(stderr, "%lld in flight, %lld failed\n", (long long)measured->in_flight,
                (long long)measured->failed);
        abort();
    }
    return (struct farm_result){
        .load = (double)measured->sent / spans[1] * farm_mean_ms(&measured->service) / 1000 / vcpus,
        .mean = farm_mean_ms(&measured->target) / farm_mean_ms(&measured->service),
    };
}

double theory_one(double load)
{
    return 1 / (1 - load);
}

double theory_pool(int vcpus, double load)
{
    double offered = load * vcpus;
    double term = 1; /* offered^n / n! */
    double sum = 0;
    double waits;

    for (int n = 0; n < vcpus; n++) {
        sum += term;
        term *= offered / (n + 1);
    }
    waits = term / (1 - load) / (sum + term / (1 - load));
    return 1 + waits / (vcpus * (1 - load));
}

/* sigma = A(1 - sigma), where A is the transform of the gaps: Erlang with `servers` stages. */
double theory_in_turn(int servers, double load)
{
    double sigma = 0.5;

    for (int i = 0; i < 10000; i++)
        sigma = pow(servers * load / (servers * load + 1 - sigma), servers);
    return 1 / (1 - sigma);
}
