"""Papers that the printing tests print: the ramp of 天津路426弄 and the lift of 安和里12号."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from PIL import Image, ImageDraw

from hearing.printing import sheets

AT = datetime(2026, 12, 8, 2, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # 30 November 24:00 in Beijing
SURNAMES = "李王周吴郑冯陈褚蒋卫沈韩杨"
VKEY = "hearing.example/jw01+c3a429e7+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
CHECKPOINT = (
    "hearing.example/jw01\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n"
    "— hearing.example/jw01 "
    "w6Qp5yBAoALyhozPRtBPQPRZ4HzMuUCmjv4FZlBR5F3actQ44uFTw2FmdizUrUBojUZTHqA993NmPxeR1dl7N1BtMgQ=\n"
)


def digest(number: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" * 4


def signature(seed: int = 1, kind: str = "PNG") -> bytes:
    """A drawn stroke on a transparent canvas, as signature_pad sends it."""
    image = Image.new("RGBA", (600, 240))
    points = [(40 + 37 * step, 120 + (seed * 31 + step * step * 53) % 140 - 70) for step in range(14)]
    ImageDraw.Draw(image).line(points, fill=(20, 20, 60, 255), width=6, joint="curve")
    file = io.BytesIO()
    image.convert("RGB" if kind == "JPEG" else "RGBA").save(file, kind)
    return file.getvalue()


CHECKPOINT = (
    "hearing.example/jw01\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n"
    "— hearing.example/jw01 w6Qp5yBAoALyhozPRtBPQPRZ4HzMuUCmjv4FZlBR5F3actQ44uFTw2FmdizUrUBojUZT"
    "HqA993NmPxeR1dl7N1BtMgQ=\n"
)


def frame(**changes: object) -> sheets.Frame:
    fields: dict[str, object] = {
        "subdistrict": "南京东路街道",
        "neighbourhood": "天津路居民区",
        "office": "天津路居民委员会",
        "phone": "021-6322 0000",
        "head_code": "5dc9-da79-a706-59a9",
        "head_at": AT,
        "verify_url": "https://hearing.example/verify",
        "checkpoint": CHECKPOINT,
    }
    return sheets.Frame(**(fields | changes))  # type: ignore[arg-type]


def line(number: int, **changes: object) -> sheets.CertificateLine:
    fields: dict[str, object] = {
        "door": f"{number:02d}室",
        "name": f"{SURNAMES[(number - 1) % 13]}**",
        "capacity": "承租人",
        "answer": "同意",
        "method": ("手机", "手机", "现场平板", "纸质")[number % 4],
        "signed_at": MIDNIGHT - timedelta(days=5, minutes=number),
        "received_at": MIDNIGHT - timedelta(days=5),
        "evidence_hash": digest(number),
        "log_index": 1200 + number,
        "assisted_by": "包块干部代录，另一人复核" if number % 4 == 3 else "",
        "signature": signature(number) if number % 4 != 3 else None,
    }
    return sheets.CertificateLine(**(fields | changes))  # type: ignore[arg-type]


def certificate(lines: int = 13, **changes: object) -> sheets.Certificate:
    fields: dict[str, object] = {
        "frame": frame(),
        "serial": "TJL-2026-0004-2",
        "proposal": "门口台阶改坡道",
        "plan_title": "一米阳光：三上三下台阶改一米上一米下斜坡",
        "plan_version": 2,
        "plan_text": "拆除门口三上三下台阶，改为一米上、一米下的斜坡，两侧加扶手。\n"
        "施工三天，夜间不施工；坡面防滑，由物业长期管护。",
        "plan_hash": digest(77),
        "budget_fen": 1_860_050,
        "rule": "公房承租人全体一致：名册上 13 户承租人全部书面同意，并须房屋管理方书面同意。",
        "opened_at": MIDNIGHT - timedelta(days=10),
        "closed_at": MIDNIGHT,
        "final_at": AT,
        "roll_units": lines,
        "roll_heads": lines,
        "roll_area_centi": 38_642,
        "roll_hash": digest(78),
        "frozen_at": MIDNIGHT - timedelta(days=11),
        "tally": [
            sheets.TallyLine(
                title="同意", measure=sheets.Measure.HEADS, have=lines, whole=lines, numerator=1, denominator=1
            )
        ],
        "passed": True,
        "outcome": "达到通过线",
        "lines": [line(number) for number in range(1, lines + 1)],
        "earlier": [
            sheets.EarlierRecord(
                door="04室",
                name="吴**",
                answer="同意",
                reason="本人撤回",
                received_at=MIDNIGHT - timedelta(days=7),
                evidence_hash=digest(304),
                log_index=1188,
            )
        ],
        "objections": [
            sheets.Objection(
                by="居民（3层）",
                made_at=MIDNIGHT + timedelta(days=2, hours=3),
                text="坡道会不会积水？雨天滑不滑？",
                outcome="已解决",
                reply="坡面向外找坡百分之二，加防滑条；施工队现场泼水试过，不积水。",
            )
        ],
        "manager": sheets.ManagerConsent(
            manager="天津路房屋管理所",
            answer="同意",
            received_at=MIDNIGHT - timedelta(days=3),
            evidence_hash=digest(79),
            log_index=1210,
        ),
        "proof": sheets.Proof(
            log_index=1234,
            checkpoint=CHECKPOINT,
            vkey=VKEY,
            command=f"python verify.py audit https://hearing.example/log --key '{VKEY}'",
        ),
    }
    return sheets.Certificate(**(fields | changes))  # type: ignore[arg-type]


def notice(**changes: object) -> sheets.Notice:
    fields: dict[str, object] = {
        "frame": frame(),
        "title": "关于“门口台阶改坡道”召开居民协调会的公告",
        "body": "为方便老人和轮椅出入，天津路426弄居民提出把门口台阶改为坡道。"
        "依照居民区协调会制度，定于下列时间召开协调会，听取全体承租人意见。"
        "\n会上由大修工程负责人和施工队项目经理说明改建方案和安全措施，并当场回答提问。",
        "facts": [
            sheets.Fact(label="时间", text="2026年11月18日（周三）19:00"),
            sheets.Fact(label="地点", text="天津路426弄弄口空地，雨天改在居委会活动室"),
            sheets.Fact(label="参加人员", text="13户承租人，每户一人；物业、房管办、派出所联络员、法律顾问"),
            sheets.Fact(label="旁听", text="居民均可旁听，请于11月17日前报名"),
        ],
        "posted_at": MIDNIGHT - timedelta(days=20),
    }
    return sheets.Notice(**(fields | changes))  # type: ignore[arg-type]


def slips(count: int = 3, **changes: object) -> sheets.Slips:
    fields: dict[str, object] = {
        "frame": frame(),
        "plan_title": "安和里12号加装电梯",
        "plan_version": 2,
        "plan_hash": digest(80),
        "answers": ["同意并出资", "同意但不出资、不使用", "弃权", "反对"],
        "close_at": MIDNIGHT,
        "conflict": "纸质和手机表态不一致的，以签署时间在后的为准；同一天的以手机为准。",
        "slips": [
            sheets.Slip(
                door=f"{number}01室",
                name="李**",
                code=f"8K3Q-{number:04d}-1",
                scan=f"S2.8K3Q{number:04d}.1",
                share_fen=2_100_000 + number,
            )
            for number in range(1, count + 1)
        ],
    }
    return sheets.Slips(**(fields | changes))  # type: ignore[arg-type]


def letters(count: int = 2, **changes: object) -> sheets.Letters:
    fields: dict[str, object] = {
        "frame": frame(),
        "site": "https://hearing.example",
        "valid_until": MIDNIGHT + timedelta(days=30),
        "dated": AT,
        "letters": [
            sheets.Letter(
                door=f"{number:02d}室",
                name="李**" if number == 1 else "",
                code=f"4F7K-92M{number}",
                link=f"https://hearing.example/in/4F7K92M{number}",
            )
            for number in range(1, count + 1)
        ],
    }
    return sheets.Letters(**(fields | changes))  # type: ignore[arg-type]


def minutes(**changes: object) -> sheets.Minutes:
    fields: dict[str, object] = {
        "frame": frame(),
        "title": "关于“门口台阶改坡道”的协调会纪要",
        "facts": [
            sheets.Fact(label="时间", text="2026年11月18日（周三）19:00 至 20:40"),
            sheets.Fact(label="地点", text="天津路426弄弄口空地"),
            sheets.Fact(label="主持 / 记录", text="居委会主任 陈** / 包块干部 沈**"),
            sheets.Fact(label="应到 / 实到", text="13 户 / 13 户，达到三分之二"),
        ],
        "summary": "大修工程负责人说明：三上三下台阶改为一米上、一米下斜坡。\n派出所联络员要求确保安全和牢固。",
        "opinions": [
            sheets.SaidAndAnswered(
                speaker="承租人 王**",
                stance="有条件",
                text="坡道不能挡住我家窗下的下水口。",
                disposition="采纳",
                reply="图纸已把坡道外移 20 厘米，留出检修口。",
            ),
            sheets.SaidAndAnswered(speaker="承租人 周**", stance="疑问", text="施工几天？晚上吵不吵？"),
        ],
        "settlement": "按修改后的图纸定稿为方案第2版，由居委会组织13户书面确认。",
        "confirmations": [
            sheets.Confirmation(by="主持人 陈**", at=MIDNIGHT - timedelta(days=10)),
            sheets.Confirmation(by="承租人 王**", at=MIDNIGHT - timedelta(days=9, hours=5)),
        ],
        "log_index": 1102,
        "minutes_hash": digest(81),
        "confirmed_at": MIDNIGHT - timedelta(days=9),
    }
    return sheets.Minutes(**(fields | changes))  # type: ignore[arg-type]


def roll(lines: int = 13, **changes: object) -> sheets.Roll:
    fields: dict[str, object] = {
        "frame": frame(),
        "matter": "门口台阶改坡道（方案第2版）",
        "lines": [
            sheets.RollLine(
                door=f"{number:02d}室",
                name=f"{SURNAMES[(number - 1) % 13]}**",
                capacity="公房承租人",
                heads=1,
                area_centi=1_980 + 311 * number,
                remark="待更户" if number == 9 else "",
            )
            for number in range(1, lines + 1)
        ],
        "corrections_until": MIDNIGHT,
        "posted_at": MIDNIGHT - timedelta(days=5),
        "roll_hash": digest(78),
    }
    return sheets.Roll(**(fields | changes))  # type: ignore[arg-type]


def rounds(count: int = 24, **changes: object) -> sheets.Rounds:
    fields: dict[str, object] = {
        "frame": frame(),
        "place": "安和里12号 1单元",
        "matter": "安和里12号加装电梯",
        "visitor": "",
        "close_at": MIDNIGHT,
        "lines": [
            sheets.RoundLine(
                floor=f"{number // 2 + 1}层",
                door=f"{number // 2 + 1}0{number % 2 + 1}",
                before="2 次，11月9日敲门没人" if number % 3 else "还没去过",
                agreed="约好 2026年11月12日 19:00" if number % 5 == 0 else "",
            )
            for number in range(count)
        ],
    }
    return sheets.Rounds(**(fields | changes))  # type: ignore[arg-type]
