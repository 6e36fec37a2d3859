"""bench/moto_times.py - what moto's server takes for 1,000 instances: run-instances, then describing them.

Prints three numbers, in seconds: of its first answer (its images), of run-instances --count 1000,
of describing them.  CPU time of the server and of the little that asks it.
"""
import re
import sys
import time
import urllib.parse
import urllib.request

from moto.server import ThreadedMotoServer

PORT = 5599
SIGNED = ("AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/ec2/aws4_request, "
          "SignedHeaders=host, Signature=x")


def ask(**words):
    """The seconds of CPU that the answer took, and the answer."""
    words["Version"] = "2016-11-15"
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/",
        data=urllib.parse.urlencode(words).encode(),
        headers={"Authorization": SIGNED},
    )
    begin = time.process_time()
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return time.process_time() - begin, text


def main():
    sys.stderr = sys.stdout = open("/dev/null", "w")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=PORT)
    server.start()
    first, images = ask(Action="DescribeImages")
    image = re.search(rb"<imageId>(ami-[^<]+)", images).group(1).decode()
    ran, _ = ask(Action="RunInstances", ImageId=image, MinCount=1000, MaxCount=1000,
                 InstanceType="t3.micro")
    described, answer = ask(Action="DescribeInstances", MaxResults=1000)
    assert answer.count(b"<instanceId>") == 1000
    sys.__stdout__.write(f"{first:.3f} {ran:.3f} {described:.3f}\n")
    server.stop()


main()
