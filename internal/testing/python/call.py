"""Calls methods of a backend of the Python package `deepagents-backends`, one after the other.

Standard input: {"backend": "S3Backend", "config": {...}, "calls": [["awrite", "/a.md", "text"], ...]}
Standard output: the answers, as a JSON array. Bytes are {"base64": "..."} in either direction.
"""

import asyncio
import base64
import dataclasses
import json
import sys

import deepagents_backends


def decode(value):
    return base64.b64decode(value["base64"]) if set(value) == {"base64"} else value


def encode(value):
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else dataclasses.asdict(value)


async def main(backend, config, calls):
    config_class = getattr(deepagents_backends, backend.replace("Backend", "Config"))
    instance = getattr(deepagents_backends, backend)(config_class(**config))
    if hasattr(instance, "initialize"):
        await instance.initialize()
    answers = [await getattr(instance, method)(*parameters) for method, *parameters in calls]
    if hasattr(instance, "close"):
        await instance.close()
    return answers


print(json.dumps(asyncio.run(main(**json.load(sys.stdin, object_hook=decode))), default=encode))
