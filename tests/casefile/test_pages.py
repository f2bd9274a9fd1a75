"""The pages of the case file and of the job that makes it, as each reader sees them."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from hearing import clock
from hearing.audit import queries as trail
from hearing.audit.ledger import keep, perform
from hearing.casefile import actions, making
from hearing.casefile.models import CaseFile, CaseFileFetch, CaseFileRequest
from hearing.casefile.rules import Edition, Gone, Refusal
from hearing.consents import actions as consents
from hearing.consents.models import ConsentCollection
from hearing.db import db
from hearing.jobs import actions as jobs
from hearing.jobs.models import Job
from hearing.printing import seal
from hearing.refusal import Refused
from tests import schema
from tests.browser import Browser
from tests.casefile.scene import Case
from tests.statements import statements


def desk(case: Case) -> str:
    return f"/desk/cases/{case.proposal_id}/file"


def public(case: Case) -> str:
    return f"/cases/{case.proposal_id}/file"


def sent(case: Case, who: str, **fields: str) -> Any:
    """The desk's form, filled in and sent."""
    return case.browser(who).submit(desk(case), fields)


def stranger(case: Case) -> Browser:
    """The browser of a clerk of another neighbourhood."""
    return case.browser().enter(case.cast.foreign_clerk)


def pass_days(days: float) -> None:
    clock.shift(clock._Shift.by + timedelta(days=days))


def kinds(case: Case) -> list[str]:
    """What the trail tells of case files."""
    with case.inside():
        told = trail.story(db.session, f"proposal/{case.proposal_id}")
    return [each.kind for each in told if each.kind.startswith("casefile.")]


def downloaded(browser: Browser, address: str) -> tuple[int, bytes, Any]:
    """Status, bytes and headers of a file, which is closed."""
    answer = browser.get(address)
    data = answer.get_data()
    answer.close()
    return answer.status_code, data, answer.headers


def counted(case: Case, model: type[CaseFileFetch | CaseFileRequest]) -> int:
    """How many rows there are."""
    with case.inside():
        return db.session.execute(select(func.count()).select_from(model)).scalar_one()


def expired(case: Case) -> int:
    """How many copies the worker takes off now."""
    with case.inside():
        return making.expire_due()


# ---- everybody


def test_before_it_is_made_the_page_says_when(front: Case) -> None:
    text = front.browser().get(public(front)).get_data(as_text=True)
    assert "公开件还没有做" in text
    assert front.browser().get(f"{public(front)}.zip").status_code == 404


def test_a_final_result_makes_the_public_edition_by_itself(front: Case) -> None:
    front.work()
    browser = front.browser()
    text = browser.get(public(front)).get_data(as_text=True)
    found = front.made(Edition.PUBLIC)
    assert "下载案卷" in text
    assert "电子签名法第三至八条" in text
    assert front.vkey in text
    status, data, _headers = downloaded(browser, f"{public(front)}.zip")
    assert status == 200
    assert hashlib.sha256(data).hexdigest() == found.sha256
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    assert kinds(front) == ["casefile.made"]


def test_visitors_see_no_more_than_the_public_edition(front: Case) -> None:
    front.ask()
    front.work()
    number = front.made().id
    for who in (None, 3, "auditor"):
        browser = front.browser(who)
        assert browser.get(f"/desk/case-files/{number}.zip").status_code in {401, 403}
        assert browser.get(public(front)).status_code == 200
    assert stranger(front).get(desk(front)).status_code == 404
    assert stranger(front).get(f"/desk/case-files/{number}.zip").status_code == 404


def test_a_case_that_nobody_may_read_has_no_page(front: Case) -> None:
    with front.inside(), schema.door_open():
        front.proposal.accepted_at = None
    assert front.browser().get(public(front)).status_code == 404
    assert front.browser().get("/cases/987654/file").status_code == 404


def test_the_pages_ask_little_of_the_database(front: Case) -> None:
    front.ask()
    front.work()
    for browser, address in ((front.browser(), public(front)), (front.browser("director"), desk(front))):
        with statements(front.app) as said:
            assert browser.get(address).status_code == 200
        assert len(said) <= 8, f"{address}:\n" + "\n".join(said)


# ---- the desk


def test_a_purpose_is_asked_and_stays(front: Case) -> None:
    answer = sent(front, "clerk", edition="full", purpose="")
    assert answer.status_code == 422
    answer = sent(front, "clerk", edition="full", purpose="街道备案要用")
    assert answer.status_code == 303
    assert "/jobs/" in answer.location
    with front.inside():
        assert db.session.scalars(select(CaseFileRequest)).one().purpose == "街道备案要用"
    text = front.browser("director").get(desk(front)).get_data(as_text=True)
    assert "街道备案要用" in text
    with front.inside():
        told = trail.story(db.session, f"proposal/{front.proposal_id}")
    assert not any("街道备案要用" in str(each.pub) for each in told)


def test_the_auditor_is_refused_the_full_edition_in_words(front: Case) -> None:
    answer = sent(front, "auditor", edition="full", purpose="审计")
    assert answer.status_code == 422
    assert "只给居委会和监票人" in answer.get_data(as_text=True)
    assert sent(front, "auditor", edition="public", purpose="审计").status_code == 303


def test_from_asking_to_taking(front: Case) -> None:
    browser = front.browser("director")
    answer = browser.submit(desk(front), {"edition": "full", "purpose": "报区里备案"})
    job = answer.location
    waiting = browser.get(job).get_data(as_text=True)
    assert "<progress" in waiting
    assert "排队等候" in waiting
    front.work()
    assert browser.get(job).location.endswith(desk(front))
    text = browser.get(desk(front)).get_data(as_text=True)
    found = front.made()
    assert "会记在存证里" in text
    assert browser.get(f"/desk/case-files/{found.id}.zip").location.endswith(desk(front)), "without being noted down"
    taken = browser.press(desk(front), f"/desk/case-files/{found.id}")
    assert taken.location.endswith(f"/desk/case-files/{found.id}.zip")
    _status, data, headers = downloaded(browser, taken.location)
    assert hashlib.sha256(data).hexdigest() == found.sha256
    assert headers["Cache-Control"] == "no-store"
    assert kinds(front)[-1] == "casefile.fetched"
    assert counted(front, CaseFileFetch) == 1


def test_a_colleague_says_herself_what_for(front: Case) -> None:
    front.ask(who="director")
    front.work()
    number = front.made().id
    with front.inside():
        clerk, found = schema.viewer(front.cast.ref("clerk")), db.session.get_one(CaseFile, number)
        with pytest.raises(Refused) as refused:
            perform(actions.fetch, clerk, found)
    assert refused.value.refusal is Refusal.CASEFILE_NOT_ASKED
    assert "写明用途以后才能下载" in front.browser("clerk").get(desk(front)).get_data(as_text=True)


def test_a_download_that_is_refused_says_so_and_is_no_broken_page(front: Case) -> None:
    front.ask(who="director")
    front.work()
    number = front.made().id
    browser = front.browser("director")
    form = browser.found(desk(front), action=f"/desk/case-files/{number}")
    with front.inside(), schema.door_open():
        found = db.session.get_one(CaseFile, number)
        found.gone_at, found.gone_because = clock.now(), Gone.EXPIRED
    answer = browser.post(form.action, data=form.fields)
    assert answer.status_code == 422
    assert "已经删除" in answer.get_data(as_text=True)


def test_who_asks_while_it_is_made_joins_the_job(front: Case) -> None:
    first = sent(front, "director", edition="full", purpose="备案").location
    second = sent(front, "clerk", edition="full", purpose="诉讼").location
    assert first == second
    assert counted(front, CaseFileRequest) == 2
    assert front.browser("clerk").get(second).status_code == 200


def test_a_new_copy_takes_the_place_of_the_old_one(front: Case) -> None:
    front.ask()
    front.work()
    first = front.made()
    old = front.file()
    front.ask()
    front.work()
    second = front.made()
    assert second.id != first.id
    with front.inside():
        assert db.session.get_one(CaseFile, first.id).gone_because == Gone.REPLACED
    assert first.sha256 != second.sha256
    assert front.file().is_file()
    assert old.is_file(), "somebody may be fetching it; it goes with the next tidying"


def test_a_full_copy_goes_after_fourteen_days_and_can_be_made_again(front: Case) -> None:
    front.ask()
    front.work()
    path = front.file()
    assert expired(front) == 0
    pass_days(14.1)
    assert expired(front) == 1
    assert not path.exists()
    assert kinds(front)[-1] == "casefile.gone"
    assert "到期删除" in front.browser("director").get(desk(front)).get_data(as_text=True)
    front.ask()
    front.work()
    assert front.file().is_file()


def test_the_public_copy_stays(front: Case) -> None:
    front.work()
    pass_days(400)
    assert expired(front) == 0
    assert front.file(Edition.PUBLIC).is_file()


def test_the_page_says_when_the_case_went_on(front: Case) -> None:
    front.work()
    browser = front.browser()
    assert "又有了新的记录" not in browser.get(public(front)).get_data(as_text=True)
    with front.inside():
        collection = db.session.scalars(select(ConsentCollection)).one()
        perform(consents.look_at, schema.viewer(front.cast.ref("clerk")), collection, None, "核对")
    assert "又有了新的记录" in front.browser().get(public(front)).get_data(as_text=True)


# ---- the job


def test_a_page_that_knows_how_far_it_is_is_told_nothing(front: Case) -> None:
    browser = front.browser("director")
    job = browser.submit(desk(front), {"edition": "full", "purpose": "备案"}).location
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    assert browser.get(f"{job}?seen=waiting-0-0", headers=headers).status_code == 204
    answer = browser.get(f"{job}?seen=working-1-2", headers=headers)
    assert answer.status_code == 200
    assert "<html" not in answer.get_data(as_text=True)
    assert 'hx-trigger="every 2s"' in answer.get_data(as_text=True)


def test_what_failed_says_why_and_can_be_tried_again(front: Case) -> None:
    browser = front.browser("director")
    address = browser.submit(desk(front), {"edition": "full", "purpose": "备案"}).location
    number = int(address.rsplit("/", 1)[1])
    with front.inside():
        taken = keep(jobs.claim)
        while taken is not None and taken.id != number:
            taken = keep(jobs.claim)
        assert taken is not None
        keep(jobs.fail, taken.id, taken.lease, str(Refusal.CASEFILE_SEAL))
    text = browser.get(address).get_data(as_text=True)
    assert "电子印章" in text
    assert "再试一次" in text
    assert "hx-get" not in text
    again = browser.press(address, f"{address}/again")
    assert again.status_code == 303
    front.work()
    assert front.made().sha256


def test_a_job_is_nobody_elses_business(front: Case) -> None:
    job = sent(front, "director", edition="full", purpose="备案").location
    assert stranger(front).get(job).status_code == 404
    assert front.browser(3).get(job).status_code == 404
    assert front.browser("scrutineer").get(job).status_code == 200
    assert front.browser().get(job).status_code == 401


def test_nothing_personal_stands_in_an_address_or_a_job(front: Case) -> None:
    sent(front, "director", edition="full", purpose="张三要打官司")
    with front.inside():
        found = db.session.scalars(select(Job)).all()
        assert found
        assert not any("张三" in job.payload + job.key for job in found)


# ---- a seal that was promised


def test_a_certificate_without_its_seal_is_not_handed_out(front: Case) -> None:
    """A page says so instead, and is no broken one."""
    front.work()
    with front.inside():
        number = db.session.scalars(select(ConsentCollection.id)).one()
    path = seal.make_trial(front.settings, "天津路居民委员会", clock.by_server())
    settings = dataclasses.replace(front.settings, seal_file=str(path))
    front.app.extensions["settings"] = settings
    address = f"/consents/{number}/certificate.pdf"
    assert b"ETSI.CAdES" in front.browser().get(address).data
    for broken in (dataclasses.replace(settings, seal_password="x"), dataclasses.replace(settings, seal_file="gone")):
        front.app.extensions["settings"] = broken
        answer = front.browser().get(address)
        assert answer.status_code == 503
        assert "现在盖不了电子印章" in answer.get_data(as_text=True)
    front.app.extensions["settings"] = settings
    pass_days(1000)
    assert front.browser().get(address).status_code == 503
