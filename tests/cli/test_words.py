"""What the terminal says in words and marks, as Slack does, rather than as the JSON of a record."""

from tests.cli.terminal import RUNS, run


def said(url: str, *arguments: str) -> str:
    return run(*arguments, AIONIS_BASE_URL=url, AIONIS_SCOPE="support", COLUMNS="240").stdout


def test_a_rule_change_and_a_judgement_are_words(aionis_url: str) -> None:
    judged = RUNS["disabled-rule"]
    change = said(aionis_url, "resolve", judged.commit_uris[-1])
    assert "Rule “Gift cards go through the legacy gateway” is disabled since then" in change
    assert "rule_state_change" not in change
    decision = said(aionis_url, "resolve", judged.decision_uris[0])
    assert "negative · legacy gateway is retired, must use psp" in decision
    assert '"outcome"' not in decision


def test_an_output_of_an_earlier_result_is_marked(aionis_url: str) -> None:
    assert '{"read": 811}  (of an earlier result)' in said(aionis_url, "replay", RUNS["second-error"].run_id)
    assert "of an earlier result" not in said(aionis_url, "replay", RUNS["refund-failed"].run_id)


def test_a_run_without_a_last_good_one_that_succeeded_is_not_said_to_be_compared(aionis_url: str) -> None:
    found = said(aionis_url, "bisect", RUNS["after-fix"].run_id)
    assert ("No last good run" in found) != ("all the same" in found)


def test_a_judged_decision_is_not_asked_about_as_if_unknown(aionis_url: str) -> None:
    assert "The decision was judged negative" in said(aionis_url, "replay", RUNS["disabled-rule"].run_id)


def test_the_latest_failures_name_their_case_or_goal_and_their_agent(aionis_url: str) -> None:
    table = said(aionis_url, "recent")
    assert "case refund-60218 · support-agent" in table
