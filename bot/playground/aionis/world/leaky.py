"""A run that recorded secrets and personal data. They are put together here, so that no source line looks like one."""

from datetime import datetime, timedelta

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story, failed
from bot.playground.aionis.writer import Writer


def _joined(*parts: str) -> str:
    return "".join(parts)


API_KEY = _joined("sk", "_live_", "51Hq8ZbT", "sampleSAMPLE0", "kQ2m")
MODEL_KEY = _joined("sk", "-proj-", "Tq7sample", "NotReal", "Abc4Def5Ghi6")
CLOUD_KEY_ID = _joined("AK", "IA", "SAMPLE", "NOTREAL234")
GITHUB_TOKEN = _joined("gh", "p_", "sample", "NotARealToken", "0123456789abcdef")
CHAT_TOKEN = _joined("xo", "xb", "-", "1029384756", "-sampleNotReal")
BEARER = _joined("Bearer ", "ey", "JhbGciOiJIUzI1NiJ9", ".", "eyJzdWIiOiJzYW1wbGUifQ", ".", "c2FtcGxlLXNpZ25hdHVyZQ")
PASSWORD = _joined("hunter", "-", "sample", "-", "2!")
CONNECTION = _joined("postgres", "://", "shop", ":", PASSWORD, "@", "db.internal.example", ":5432/shop")
SIGNED_URL = _joined(
    "https://files.example.com/export.csv",
    "?X-Amz-Credential=",
    CLOUD_KEY_ID,
    "&X-Amz-",
    "Signature=",
    "9f8e7d6c5b4a" * 4,
)
PRIVATE_KEY = _joined(
    "-----BEGIN ", "RSA PRIVATE", " KEY-----\n", "bm90IGEgcmVhbCBrZXk=", "\n-----END ", "RSA PRIVATE", " KEY-----"
)

SECRETS = (
    API_KEY,
    MODEL_KEY,
    CLOUD_KEY_ID,
    GITHUB_TOKEN,
    CHAT_TOKEN,
    BEARER.split()[1],
    PASSWORD,
    SIGNED_URL[-48:],
    PRIVATE_KEY,
)
EMAIL, PHONE, ADDRESS, SSN = "mara.lindqvist@example.com", "(555) 010-7788", "203.0.113.40", "078-05-1120"


def _record_secrets(writer: Writer, now: datetime) -> None:
    story = Story(writer, "secrets", now - timedelta(minutes=70))
    story.start(
        f"Export the orders of {EMAIL} (phone {PHONE}, last seen from {ADDRESS}) using {API_KEY}",
        metadata={"case": "export-3", "authorization": BEARER, "customer": {"ssn": SSN, "email": EMAIL}},
    )
    story.step(
        "db.query",
        before={"tool_input": {"dsn": CONNECTION, "sql": "select 1", "env": {"AWS_ACCESS_KEY_ID": CLOUD_KEY_ID}}},
        output_signature={"rows": 12, "cookie": f"session={MODEL_KEY}"},
    )
    story.step(
        "files.upload",
        status="failed",
        before={
            "tool_input": {
                "headers": {"Authorization": BEARER, "X-Api-Key": API_KEY},
                "password": PASSWORD,
                "git": f"https://{GITHUB_TOKEN}@github.example.com/shop/exports.git",
                "pem": PRIVATE_KEY,
            },
            "expected_output_signature": {"required": ["url"]},
        },
        error=f"upload to {SIGNED_URL} refused: 403 for {BEARER}; password={PASSWORD} tried for {EMAIL} from {ADDRESS}, "
        f"call {PHONE}; chat token {CHAT_TOKEN}",
        output_signature={"status": 403, "debug": f"dsn {CONNECTION}", "api_key": MODEL_KEY},
        postconditions=[failed("uploaded", f"no object at {SIGNED_URL}", token=GITHUB_TOKEN)],
        artifact_refs=[SIGNED_URL, f"https://user:{PASSWORD}@files.example.com/log.txt"],
    )
    story.end("failed", summary=f"Upload refused; {EMAIL} still waits. Key in use: {API_KEY}")


TALES = (
    Tale(
        "secrets",
        "Secrets in every field",
        "API keys, bearer tokens, passwords, connection strings and signed URLs in inputs, outputs and errors; e-mail, "
        "phone, IP and SSN to see Aionis' own masking.",
        "failed at step 2 (files.upload)",
        _record_secrets,
    ),
)
