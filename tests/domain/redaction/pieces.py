"""Fake secrets, put together at run time from a seeded generator, so that no file of this repository holds one."""

import base64
import json
import random
import string
from collections.abc import Callable
from typing import Any

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ALNUM = LOWER + UPPER + DIGITS
URL_SAFE = ALNUM + "-_"
HEX = "0123456789abcdef"
SIGNS = "!#%*+^~"


class Pieces:
    """A generator of random pieces; the same seed gives the same pieces."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 fakes that must be the same in every run

    def of(self, alphabet: str, length: int) -> str:
        return "".join(self._random.choice(alphabet) for _ in range(length))

    def alnum(self, length: int) -> str:
        return self.of(ALNUM, length)

    def hex(self, length: int) -> str:
        return self.of(HEX, length)

    def uuid(self) -> str:
        return "-".join(self.hex(size) for size in (8, 4, 4, 4, 12))

    def pick(self, options: list[str]) -> str:
        return self._random.choice(options)

    def pick_value(self, options: list[Any]) -> Any:
        return self._random.choice(options)

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def base64(self, length: int) -> str:
        return base64.b64encode(self._random.randbytes(length)).decode()

    def word_password(self) -> str:
        """Return what people choose: `Tulip-rain42!`."""
        words = ["tulip", "harbor", "velvet", "copper", "meadow", "falcon", "ginger", "saddle"]
        return f"{self.pick(words).title()}-{self.pick(words)}{self.number(10, 99)}{self.of('!#*', 1)}"

    def odd_password(self) -> str:
        """Return what a generator of passwords makes, without quotes, blanks and what ends a value in most notations."""
        return self.of(LOWER, 3) + self.of(SIGNS, 2) + self.of(ALNUM, 9) + self.of(DIGITS, 2)

    def jwt(self) -> str:
        parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": self.hex(8), "iat": self.number(10**9, 2 * 10**9)})
        encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
        return ".".join([*encoded, self.of(URL_SAFE, 43)])

    def pem(self, label: str) -> str:
        lines = "\n".join(self.of(ALNUM + "+/", 64) for _ in range(4))
        return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----"


Maker = Callable[[Pieces], str]

# Kind of secret → how to make one.
TOKENS: dict[str, Maker] = {
    "Slack bot token": lambda p: "xo" + f"xb-{p.of(DIGITS, 12)}-{p.of(DIGITS, 13)}-{p.alnum(24)}",
    "Slack app token": lambda p: "xa" + f"pp-1-A{p.of(UPPER + DIGITS, 10)}-{p.of(DIGITS, 13)}-{p.hex(64)}",
    "Slack refresh token": lambda p: "xo" + f"xe-1-{p.alnum(146)}",
    "GitHub token": lambda p: "gh" + f"{p.of('posu', 1)}_{p.alnum(36)}",
    "GitHub fine-grained": lambda p: "github" + f"_pat_{p.alnum(22)}_{p.alnum(59)}",
    "GitLab token": lambda p: "gl" + f"pat-{p.of(URL_SAFE, 20)}",
    "AWS key id": lambda p: p.pick(["AK", "AS"]) + f"IA{p.of(UPPER + '234567', 16)}",
    "Google API key": lambda p: "AI" + f"zaSy{p.of(URL_SAFE, 33)}",
    "Google OAuth token": lambda p: "ya" + f"29.a0{p.of(URL_SAFE, 120)}",
    "Google client secret": lambda p: "GOC" + f"SPX-{p.of(URL_SAFE, 28)}",
    "Stripe key": lambda p: p.pick(["sk", "rk"]) + f"_live_{p.alnum(p.number(0, 1) * 75 + 24)}",
    "Stripe webhook secret": lambda p: "wh" + f"sec_{p.alnum(32)}",
    "OpenAI key": lambda p: "sk" + f"-{p.pick(['', 'proj-', 'svcacct-'])}{p.alnum(20)}T3Blbk" + f"FJ{p.alnum(20)}",
    "Anthropic key": lambda p: "sk" + f"-ant-api03-{p.of(URL_SAFE, 93)}AA",
    "Aionis key": lambda p: "aionis" + f"_live_{p.alnum(p.number(0, 1) * 75 + 24)}",
    "key that tells itself": lambda p: f"acme_{p.pick(['li' + 've', 'prod', 'sk'])}_{p.alnum(22)}7",
    "key with a prefix of consonants": lambda p: f"{p.pick(['zx', 'v', 'qm'])}k_{p.alnum(31)}7",
    "license key in groups": lambda p: "-".join(f"{p.of(UPPER, 4)}X{p.of(DIGITS, 2)}" for _ in range(4)),
    "Zoho token": lambda p: f"1000.{p.hex(32)}.{p.hex(32)}",
    "MailerSend token": lambda p: f"mlsn.{p.hex(64)}",
    "Groq key": lambda p: "gs" + f"k_{p.alnum(52)}",
    "Hugging Face token": lambda p: "h" + f"f_{p.of(LOWER + UPPER, 34)}",
    "JWT": lambda p: p.jwt(),
    "npm token": lambda p: "np" + f"m_{p.alnum(36)}",
    "PyPI token": lambda p: "py" + f"pi-AgEIcHlwaS5vcmc{p.of(URL_SAFE, 100)}",
    "Docker token": lambda p: "dck" + f"r_pat_{p.of(URL_SAFE, 27)}",
    "SendGrid key": lambda p: "S" + f"G.{p.of(URL_SAFE, 22)}.{p.of(URL_SAFE, 43)}",
    "Mailgun key": lambda p: "ke" + f"y-{p.hex(32)}",
    "Mailchimp key": lambda p: f"{p.hex(32)}-us{p.number(1, 21)}",
    "Twilio key": lambda p: "S" + f"K{p.hex(32)}",
    "Discord bot token": lambda p: f"M{p.alnum(23)}.{p.alnum(6)}.{p.of(URL_SAFE, 27)}",
    "Telegram bot token": lambda p: f"{p.number(10**8, 10**10 - 1)}:AA{p.of(URL_SAFE, 33)}",
    "DigitalOcean token": lambda p: "do" + f"p_v1_{p.hex(64)}",
    "Databricks token": lambda p: "da" + f"pi{p.hex(32)}",
    "Vault token": lambda p: "hv" + f"s.{p.of(URL_SAFE, 95)}",
    "Shopify token": lambda p: "shp" + f"at_{p.hex(32)}",
    "Square token": lambda p: "sq" + f"0csp-{p.of(URL_SAFE, 43)}",
    "Linear key": lambda p: "lin" + f"_api_{p.alnum(40)}",
    "Notion token": lambda p: "nt" + f"n_{p.alnum(46)}",
    "Figma token": lambda p: "fig" + f"d_{p.of(URL_SAFE, 40)}",
    "Grafana token": lambda p: "gl" + f"sa_{p.alnum(32)}_{p.hex(8)}",
    "Sentry token": lambda p: "sntr" + f"yu_{p.hex(64)}",
    "Postman key": lambda p: "PM" + f"AK-{p.hex(24)}-{p.hex(34)}",
    "New Relic key": lambda p: "NR" + f"AK-{p.of(UPPER + DIGITS, 27)}",
    "Atlassian token": lambda p: "ATA" + f"TT3xFfGF0{p.of(URL_SAFE, 180)}",
    "Azure AD secret": lambda p: f"{p.alnum(3)}8Q~{p.of(ALNUM + '.-_~', 34)}",
    "Terraform token": lambda p: f"{p.alnum(14)}.atla" + f"sv1.{p.of(URL_SAFE, 67)}",
    "Tailscale key": lambda p: "tsk" + f"ey-auth-{p.alnum(12)}-{p.alnum(32)}",
    "age key": lambda p: "AGE-SEC" + f"RET-KEY-1{p.of('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}",
    "Artifactory key": lambda p: "AK" + f"Cp8{p.alnum(69)}",
    "RubyGems key": lambda p: "ruby" + f"gems_{p.hex(48)}",
    "Supabase token": lambda p: "sb" + f"p_{p.hex(40)}",
    "Brevo key": lambda p: "xkey" + f"sib-{p.hex(64)}-{p.alnum(16)}",
    "unnamed random token": lambda p: p.alnum(40),
    "unnamed AWS secret": lambda p: p.of(ALNUM + "+", 40),
    "unnamed AWS secret with slashes": lambda p: p.alnum(19) + "/" + p.alnum(11) + "/" + p.alnum(8),
    "password hash": lambda p: f"$2b$12${p.of(ALNUM + './', 53)}",
}
