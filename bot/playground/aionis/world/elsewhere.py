"""Runs of another tenant and of another scope: a channel bound to default/support must not show them."""

from datetime import datetime, timedelta

from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Story, failed
from bot.playground.aionis.writer import Writer

ACME = "acme"
BILLING = "billing"


def _record_acme(writer: Writer, now: datetime) -> None:
    story = Story(writer, "acme-failed", now - timedelta(minutes=18), tenant_id=ACME)
    story.start("Acme: reserve stock for wholesale order 12 and authorise the payment")
    story.step("stock.reserve", takes=0.9)
    story.step(
        "payment.authorise",
        takes=10,
        status="failed",
        error="the issuer did not answer within 10 seconds",
        postconditions=[{"name": "authorised", "passed": False}],
    )
    story.end("failed", summary="Acme's payment could not be authorised")


def _record_billing(writer: Writer, now: datetime) -> None:
    story = Story(writer, "billing-failed", now - timedelta(minutes=27), scope=BILLING)
    story.start("Close the invoices of October")
    story.step("invoices.collect", takes=4, output_signature={"invoices": 930})
    story.step(
        "invoices.close",
        takes=2,
        status="failed",
        error="invoice 10-0771 has two due dates",
        postconditions=[failed("all_closed", "929 of 930", expected=930, actual=929)],
    )
    story.end("failed", summary="One invoice of October cannot be closed")


TALES = (
    Tale(
        "acme-failed",
        "Another tenant's run",
        "Tenant acme, scope support: not to be seen from a channel of the default tenant.",
        "failed at step 2 (payment.authorise)",
        _record_acme,
        tenant_id=ACME,
    ),
    Tale(
        "billing-failed",
        "Another scope's run",
        "Scope billing of the default tenant.",
        "failed at step 2 (invoices.close)",
        _record_billing,
        scope=BILLING,
    ),
)
