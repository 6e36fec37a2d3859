"""bench/moto_queue.py - what moto takes to send, receive and delete a message.

Prints two numbers: cycles a second with a queue that is otherwise empty, of its server, and inside
one process through boto3 (0: boto3 is not there).  CPU time of moto and of what asks it, in the
best of some rounds, as the bench itself has it.
"""
import json
import os
import sys
import time
import urllib.request

from moto.server import ThreadedMotoServer

PORT = 5598
CYCLES = 200
ROUNDS = 3
SIGNED = ("AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/sqs/aws4_request, "
          "SignedHeaders=host, Signature=x")


def ask(operation, **words):
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/",
        data=json.dumps(words).encode(),
        headers={
            "Authorization": SIGNED,
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"AmazonSQS.{operation}",
        },
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"{}")


def cycles(cycle):
    """Cycles a second, in the best round."""
    best = 0
    for _ in range(ROUNDS):
        begin = time.process_time()
        for _ in range(CYCLES):
            cycle()
        best = max(best, CYCLES / (time.process_time() - begin))
    return best


def cycles_inside():
    """Cycles a second without a server: boto3's requests are answered before they are sent."""
    try:
        import boto3
        from moto import mock_aws
    except ImportError:
        return 0
    os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        queue = sqs.create_queue(QueueName="orders")["QueueUrl"]

        def cycle():
            sqs.send_message(QueueUrl=queue, MessageBody="one latte")
            message = sqs.receive_message(QueueUrl=queue)["Messages"][0]
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

        return cycles(cycle)


def main():
    sys.stderr = sys.stdout = open("/dev/null", "w")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=PORT)
    server.start()
    queue = ask("CreateQueue", QueueName="orders")["QueueUrl"]

    def cycle():
        ask("SendMessage", QueueUrl=queue, MessageBody="one latte")
        message = ask("ReceiveMessage", QueueUrl=queue)["Messages"][0]
        ask("DeleteMessage", QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    served = cycles(cycle)
    server.stop()
    sys.__stdout__.write(f"{served:.1f} {cycles_inside():.1f}\n")


main()
