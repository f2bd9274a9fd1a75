"""The program of `test_at_the_close`: a server process of its own, whose households sign around the closing moment."""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from hearing import clock
from hearing.app import create_app
from hearing.audit.ledger import perform
from hearing.config import Mode, Settings
from hearing.consents import actions, queries
from hearing.consents.rules import Answer
from hearing.db import db
from hearing.refusal import Refused
from tests import schema
from tests.consents.course import signature


def main() -> None:
    """Read one line of JSON, say "ready", wait for a line, and tell of each flat what became of its answer."""
    asked = json.loads(sys.stdin.readline())
    settings = Settings(
        mode=Mode.TESTING, data_dir=Path(asked["folder"]), database_url=asked["url"], secret_key="t" * 40
    )
    app = create_app(settings)
    clock.shift(timedelta(seconds=asked["shift"]))
    with app.app_context():
        db.session.connection()
        db.session.rollback()
    print("ready", flush=True)
    sys.stdin.readline()
    told = threading.Lock()

    def sign(flat: int) -> None:
        with app.app_context():
            time.sleep(random.uniform(0, asked["seconds"]))
            said = _sign(asked["collection"], f"p-flat{flat}")
            with told:
                print(json.dumps([flat, said]), flush=True)

    hands = [threading.Thread(target=sign, args=(flat,)) for flat in asked["flats"]]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    print("done", flush=True)


def _sign(collection_id: int, ref: str) -> int | str:
    """The index of the entry, or the refusal."""
    by = schema.viewer(ref)
    collection = queries.head(collection_id)
    slip = queries.slips_for(by, collection)[0]
    seen = actions.Seen(collection.version.plan_hash, slip.unit.turn)
    try:
        return perform(actions.answer, by, slip, Answer.AGREE, signature(), seen=seen).index
    except Refused as refused:
        return str(refused.refusal)


if __name__ == "__main__":
    main()
