"""A small recommender behind HTTP: what it answers is in bindings/service/README.md.

python service.py FILE PORT
"""

from __future__ import annotations

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import duomo

slot = duomo.ModelSlot(duomo.open(sys.argv[1]))
counts = {"requests": 0, "errors": 0, "swaps": 0, "seconds": 0.0}
lock = threading.Lock()


def count(**more: float) -> None:
    with lock:
        for name, value in more.items():
            counts[name] += value


def described(model: duomo.Model, hits: duomo.Hits) -> list[dict[str, Any]]:
    titles = hits.titles if model.info.has_titles else [None] * len(hits)
    return [
        {"id": item, "score": score, "title": title} for (item, score), title in zip(hits, titles)
    ]


def recommend(model: duomo.Model, query: dict[str, str], _: Any) -> dict[str, Any]:
    seen = query.get("exclude_seen") == "1"
    hits = model.topk(int(query["user"]), k=int(query.get("k", 10)), exclude_seen=seen)
    return {"hits": described(model, hits)}


def similar(model: duomo.Model, query: dict[str, str], _: Any) -> dict[str, Any]:
    hits = model.similar(int(query["item"]), k=int(query.get("k", 10)))
    return {"hits": described(model, hits)}


def predict(model: duomo.Model, query: dict[str, str], _: Any) -> dict[str, Any]:
    return {"prediction": model.predict(int(query["user"]), int(query["item"]))}


def newcomer(model: duomo.Model, query: dict[str, str], body: Any) -> dict[str, Any]:
    hits = model.topk(features=dict(body), k=int(query.get("k", 10)))
    return {"hits": described(model, hits[0] if isinstance(hits, duomo.TopK) else hits)}


def swap(body: Any) -> duomo.Model:
    slot.set(duomo.open(body["file"]))
    count(swaps=1)
    return slot.get()


GET = {"/recommend": recommend, "/similar": similar, "/predict": predict}
POST = {"/newcomer": newcomer, "/swap": swap}


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept
    wbufsize = 1 << 16  # an answer is one packet, not two of which the second waits

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/metrics":
            with lock:
                lines = [f"duomo_{name}_total {value}\n" for name, value in counts.items()]
            return self.reply(200, "".join(lines).encode(), "text/plain")
        return self.answer(GET, None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return self.answer(POST, body)

    def answer(self, calls: dict[str, Any], body: bytes | None) -> None:
        begin, url = time.perf_counter(), urlsplit(self.path)
        try:
            read = None if body is None else json.loads(body)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            with calls["/swap"](read) if url.path == "/swap" else slot.get() as model:
                # A reference of this request's own, whatever is swapped meanwhile.
                found = calls[url.path](model, query, read) if url.path != "/swap" else {}
                found["model"] = f"{model.info.fingerprint:016x}"
            status = 200
        except (duomo.NotFound, FileNotFoundError) as error:
            status, found = 404, {"error": str(error)}
        except KeyError as error:
            status, found = 400, {"error": f"there is no {error}"}
        except (duomo.Error, ValueError, TypeError) as error:
            status, found = 400, {"error": str(error)}
        count(requests=1, errors=int(status != 200), seconds=time.perf_counter() - begin)
        self.reply(status, json.dumps(found).encode(), "application/json")

    def reply(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Requests are counted, not written down."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[2])), Service) as server:
        print("ready", flush=True)
        server.serve_forever()
