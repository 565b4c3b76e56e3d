"""An HTTP server that answers whatever a test wants, for an Aionis that means harm."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextmanager
def hostile_aionis(answers: dict[str, Any]) -> Iterator[str]:
    """Answer each path that ends like a key of `answers` with its value, in the tenancy asked for; yields the base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            whose = {name: asked[name] for name in ("tenant_id", "scope")}
            found = next((value for end, value in answers.items() if self.path.endswith(end)), None)
            body = json.dumps({**whose, **found} if found is not None else {"error": "not_found"}).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
