"""bench/moto_queue.py - what moto's server takes to send, receive and delete a message.

Prints one number: cycles a second with a queue that is otherwise empty.  CPU time of the server and
of the little that asks it.
"""
import json
import sys
import time
import urllib.request

from moto.server import ThreadedMotoServer

PORT = 5598
CYCLES = 200
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


def main():
    sys.stderr = sys.stdout = open("/dev/null", "w")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=PORT)
    server.start()
    queue = ask("CreateQueue", QueueName="orders")["QueueUrl"]
    begin = time.process_time()
    for _ in range(CYCLES):
        ask("SendMessage", QueueUrl=queue, MessageBody="one latte")
        message = ask("ReceiveMessage", QueueUrl=queue)["Messages"][0]
        ask("DeleteMessage", QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    sys.__stdout__.write(f"{CYCLES / (time.process_time() - begin):.1f}\n")
    server.stop()


main()
