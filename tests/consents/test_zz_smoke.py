import sys
sys.path.insert(0,'/work/main')
from datetime import datetime, timedelta
import pytest
from hearing import clock
from hearing.audit.ledger import perform
from hearing.audit.publisher import Publisher
from hearing.consents import actions, queries, rules
from hearing.db import db, reading
from tests.consents.course import *

def pages(c, refs):
    return refs

def test_smoke(app, cast, tmp_path):
    out=[]
    with app.app_context():
        course=lane_course(cast)
    def get(ref, url, expect=200):
        b=app.test_client()
        if ref: b.enter(ref)
        r=b.get(url)
        out.append((r.status_code, ref, url))
        if r.status_code!=expect:
            import re
            print(r.status_code, ref, url, re.sub(r'<[^>]+>',' ',r.text)[:600])
        return r
    clerk=cast.ref('clerk'); me=cast.ref(1)
    with app.app_context():
        with at(START):
            get(clerk,'/desk/consents'); get(clerk,f'/desk/consents/required/{course.required}')
            course.set_up()
            get(clerk,'/desk/consents'); get(clerk,'/desk/consents/1'); get(clerk,'/desk/consents/1/show-roll'); get(None,'/consents/1',404)
            perform(actions.show_roll, course.who('clerk'), course.collection())
            for u in ('','/answer','/roll','/mine','/question'): get(me,'/consents/1'+u)
            get(clerk,'/desk/consents/1'); get(clerk,'/desk/consents/1/roll'); get(clerk,'/desk/consents/1/freeze')
            perform(actions.ask_correction, course.who(2), course.unit(2), "面积写错了")
            get(clerk,'/desk/consents/corrections/1')
            get(clerk,'/desk/consents/1/doors')
        with at(moment(5)):
            perform(actions.decide_correction, course.who('clerk'), queries.corrections(1)[0], accepted=False, reply='核过凭证,没有误')
        with at(moment(6)):
            perform(actions.freeze_roll, course.who("clerk"), course.collection())
            for u in ('','/answer','/roll','/mine','/question'): get(me,'/consents/1'+u)
            get(None,'/consents/1'); get(me,'/cases/1'); get(me,'/'); get(cast.stranger,'/consents/1/answer')
            get(clerk,'/desk')
            for u in ('','/roll','/doors','/questions','/slips','/slips/print','/extend','/void','/on-site','/disputes', '/units/1','/units/1/block','/units/1/holder','/on-site/1'): get(clerk,'/desk/consents/1'+u)
            course.sign(1); course.sign(2, Answer.OPPOSE)
            get(me,'/consents/1/mine'); get(me,'/consents/1/withdrawal'); get(me,'/consents/1/records/1/dispute'); get(me,'/consents/1/answer')
            slip=course.print_slip(12).id
            get(clerk,f'/desk/slips'); get(clerk,f'/desk/slips/{slip}')
            get(clerk,'/desk/consents/1/slips'); get(clerk,f'/desk/slips/{slip}/void')
            dates={"signed": date(2026,11,6),"received":moment(6,9)}
            course.read('clerk',slip,original=True,**dates)
            get(clerk,f'/desk/slips/{slip}'); get(cast.ref('second_clerk'),f'/desk/slips/{slip}')
            perform(actions.look_at, course.who('clerk'), course.collection(), course.unit(2), 'x')
            get(clerk,'/desk/consents/1/units/2')
            course.read('second_clerk',slip,**dates)
            perform(actions.dispute, course.who(1), course.collection().records[0], 'x')
            get(clerk,'/desk/consents/1/disputes'); get(clerk,'/desk/consents/1/disputes/1'); get(me,'/consents/1/mine')
            for w in ('clerk','second_clerk'): perform(actions.check_signature, course.who(w), course.collection().records[0], genuine=True, finding='x')
            perform(actions.ask_first, course.who(3), course.slip(course.who(3)), '问')
            get(clerk,'/desk/consents/1/questions'); get(clerk,'/desk/consents/questions/1'); get(cast.ref(3),'/consents/1/question'); get(cast.ref(3),'/consents/1/mine')
            with reading(): Publisher.of(app.extensions['settings']).publish(db.session)
            db.session.rollback()
            course.print_slip(3)
            get(clerk,'/desk/consents/1/slips.pdf')
        course.close()
        with at(moment(18)):
            get(me,'/consents/1'); get(me,'/consents/1/answer'); get(me,'/consents/1/mine'); get(clerk,'/desk/consents/1'); get(clerk,'/desk/consents/1/publish')
        course.publish()
        with at(moment(21)):
            get(me,'/consents/1'); get(clerk,'/desk/consents/1'); get(clerk,'/desk/consents/1/confirmation'); get(clerk,'/desk/consents/1/finish')
        course.confirm(); course.finish()
        with at(moment(24,12)):
            with reading(): Publisher.of(app.extensions['settings']).publish(db.session)
            db.session.rollback()
            get(me,'/consents/1'); get(clerk,'/desk/consents/1'); get(clerk,'/desk/consents/1/records')
            r=get(None,'/consents/1/certificate.pdf'); open('/tmp/cert.pdf','wb').write(r.data)
            perform(actions.look_at, course.who('clerk'), course.collection(), None, 'x')
            r=get(clerk,'/consents/1/certificate.pdf?doors=1'); open('/tmp/cert_doors.pdf','wb').write(r.data)
            get(me,'/cases/1')
    for o in out: print(*o)
