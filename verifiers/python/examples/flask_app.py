"""A Flask application that only the gateway reaches.

    COUNTERSIGN_FEED=https://gateway.example:9443 COUNTERSIGN_TOKEN=... flask --app flask_app run

or with the keys in a file: COUNTERSIGN_KEYS=keys.json flask --app flask_app run
"""

import os

from flask import Flask, request

from countersign_verifier import Guard, KeyFeed, KeySet
from countersign_verifier.wsgi import CountersignMiddleware

if "COUNTERSIGN_KEYS" in os.environ:
    keys = KeySet.from_file(os.environ["COUNTERSIGN_KEYS"])
else:
    keys = KeyFeed(os.environ["COUNTERSIGN_FEED"], os.environ["COUNTERSIGN_TOKEN"])

app = Flask(__name__)
app.wsgi_app = CountersignMiddleware(app.wsgi_app, Guard(keys))


@app.post("/v1/orders")
def order():
    verdict = request.environ["countersign"]
    return {"order": request.get_json(), "signed_by": verdict.sign_key}
