"""A FastAPI application that only the gateway reaches.

    COUNTERSIGN_FEED=https://gateway.example:9443 COUNTERSIGN_TOKEN=... uvicorn fastapi_app:app

or with the keys in a file: COUNTERSIGN_KEYS=keys.json uvicorn fastapi_app:app
"""

import os

from fastapi import FastAPI, Request

from countersign_verifier import Guard, KeyFeed, KeySet
from countersign_verifier.asgi import CountersignMiddleware

if "COUNTERSIGN_KEYS" in os.environ:
    keys = KeySet.from_file(os.environ["COUNTERSIGN_KEYS"])
else:
    keys = KeyFeed(os.environ["COUNTERSIGN_FEED"], os.environ["COUNTERSIGN_TOKEN"])

app = FastAPI()
app.add_middleware(CountersignMiddleware, guard=Guard(keys))


@app.post("/v1/orders")
async def order(request: Request) -> dict:
    verdict = request.state.countersign
    return {"order": await request.json(), "signed_by": verdict.sign_key}
