"""What the recorders share. They print what the Python package `deepagents-backends` stores, for the tests of each backend.

They need Python 3.12 and one version of the package after the other, with the `deepagents` that it was made for: its
`write` fails with a later one.

    python3.12 -m venv venv
    venv/bin/pip install deepagents-backends==0.1.1 deepagents==0.3.1   # or 0.2.0 and 0.5.2
"""

from importlib.metadata import version

PACKAGE = f"deepagents-backends {version('deepagents-backends')}"


def check(answers):
    for answer in answers if isinstance(answers, list) else [answers]:
        if answer.error:
            raise SystemExit(answer.error)


async def write_notes(backend):
    check(await backend.awrite("/notes/plan.md", "# Plan\nfirst step\n"))
    check(await backend.awrite("/notes/edited.md", "one\ntwo\n"))
    check(await backend.aedit("/notes/edited.md", "two", "three\n"))
    check(await backend.awrite("/notes/empty.md", ""))
    check(await backend.awrite("/notes/words.txt", 'é 漢字 😀\t"quoted" \\ back\r\nsecond\u2028third'))
