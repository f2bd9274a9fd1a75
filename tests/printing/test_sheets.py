"""Sheets: every figure stands on the paper, nothing leaves it, and the public copy names nobody."""

import dataclasses
import re
import time
from datetime import timedelta

import pytest

from hearing.printing import ink, sheets
from hearing.printing.press import MissingGlyph, PressFailed
from tests.printing import papers
from tests.printing.reading import lines_of, reader, text_of

AT = papers.AT
ALL = {
    "certificate": lambda: sheets.certificate(papers.certificate(), AT),
    "public certificate": lambda: sheets.certificate(papers.certificate(masked=True), AT),
    "notice": lambda: sheets.notice(papers.notice(), AT),
    "A3 notice": lambda: sheets.notice(papers.notice(), AT, sheets.Size.A3),
    "roll": lambda: sheets.roll(papers.roll(), AT),
    "slips": lambda: sheets.slips(papers.slips(), AT),
    "letters": lambda: sheets.letters(papers.letters(), AT),
    "minutes": lambda: sheets.minutes(papers.minutes(), AT),
    "rounds": lambda: sheets.rounds(papers.rounds(), AT),
}


@pytest.mark.parametrize("name", ALL)
def test_archival_tagged_readable_and_the_same_again(name: str) -> None:
    made = ALL[name]()
    assert made == ALL[name]()
    document = reader(made)
    metadata = document.xmp_metadata
    assert metadata is not None
    root = metadata.rdf_root.toxml()
    assert re.search(r'pdfaid:part(>|=")2', root)
    assert re.search(r'pdfaid:conformance(>|=")A', root)
    assert re.search(r'pdfuaid:part(>|=")1', root)
    catalogue = document.root_object
    assert str(catalogue["/Lang"]) == "zh-CN"
    assert "'/Marked': True" in str(catalogue["/MarkInfo"])
    assert document.metadata is not None
    assert document.metadata.title
    assert document.metadata.author == "天津路居民委员会"
    assert document.metadata.creation_date == AT


@pytest.mark.parametrize("name", ALL)
def test_foot_and_head_of_every_page(name: str) -> None:
    for page in reader(ALL[name]()).pages:
        text = "".join(page.extract_text().split())
        assert "存证码5dc9-da79-a706-59a9" in text
        assert "怎样查证：" in text
        assert "天津路居民区" in text
        assert "021-63220000" in text


@pytest.mark.parametrize("name", ALL)
def test_no_line_begins_with_closing_punctuation(name: str) -> None:
    assert not [line for line in lines_of(ALL[name]()) if line.lstrip()[:1] in tuple("。，、；：？！）》”’")]


class TestCertificate:
    def test_figures(self) -> None:
        data = papers.certificate()
        text = text_of(sheets.certificate(data, AT))
        for figure in (
            "书面同意证书",
            data.serial,
            "门口台阶改坡道",
            "第2版",
            "18,600.50元",
            data.plan_hash,
            data.roll_hash,
            "13户，13人，专有部分面积合计386.42㎡",
            "2026年11月20日24:00至2026年11月30日24:00",
            "2026年11月19日24:00",
            "全部13≥13达到",
            "同意13户",
            "手机7户，现场平板3户，纸质3户",
            "达到通过线",
            "居民（3层）（2026年12月3日03:00）：已解决",
            "坡面向外找坡百分之二",
            "天津路房屋管理所",
            "第1,210号",
            "第1,234号",
            papers.VKEY,
            "pythonverify.pyaudithttps://hearing.example/log--key",
            "本系统记录为佐证；法规要求专门系统或书面签名原件的，请附其结果",
            "本人撤回",
            "第1,188号",
        ):
            assert figure in text, figure
        for line in data.lines:
            for figure in (line.door, line.name, line.evidence_hash, f"第{line.log_index:,}号"):
                assert figure in text, figure
        assert "签2026-11-2523:59" in text
        assert "收2026-11-2524:00" in text
        assert "未表态" not in text

    def test_the_checkpoint_is_verbatim(self) -> None:
        text = text_of(sheets.certificate(papers.certificate(), AT))
        assert "".join(papers.CHECKPOINT.split()) in text

    def test_both_lines_of_both_measures_with_the_sum(self) -> None:
        def line(title: str, measure: sheets.Measure, have: int, whole: int, part: tuple[int, int]) -> sheets.TallyLine:
            return sheets.TallyLine(
                title=title, measure=measure, have=have, whole=whole, numerator=part[0], denominator=part[1]
            )

        tally = [
            line("参与表决", sheets.Measure.AREA, 42_000, 63_000, (2, 3)),
            line("参与表决", sheets.Measure.HEADS, 8, 12, (2, 3)),
            line("同意", sheets.Measure.AREA, 31_500, 42_000, (3, 4)),
            line("同意", sheets.Measure.HEADS, 6, 8, (3, 4)),
        ]
        text = text_of(sheets.certificate(papers.certificate(tally=tally), AT))
        assert "按面积420.00㎡630.00㎡三分之二以上3×420.00≥2×630.00达到" in text
        assert "按人数8人12人三分之二以上3×8≥2×12达到" in text
        assert "按面积315.00㎡420.00㎡四分之三以上4×315.00≥3×420.00达到" in text
        assert "按人数6人8人四分之三以上4×6≥3×8达到" in text

    def test_signatures_are_there_and_only_where_drawn(self) -> None:
        made = sheets.certificate(papers.certificate(), AT)
        drawn = sum(line.signature is not None for line in papers.certificate().lines)
        assert text_of(made).count("见原件") == 13 - drawn
        without = papers.certificate(lines=1)
        without = dataclasses.replace(without, lines=[dataclasses.replace(without.lines[0], signature=None)])
        assert len(made) > len(sheets.certificate(without, AT))

    def test_a_signature_that_is_no_image_stops_the_press(self) -> None:
        data = papers.certificate(1)
        broken = dataclasses.replace(data, lines=[dataclasses.replace(data.lines[0], signature=b"GIF89a")])
        with pytest.raises(ink.UnreadableImage):
            sheets.certificate(broken, AT)

    def test_the_public_copy_names_nobody(self) -> None:
        data = papers.certificate(masked=True)
        text = text_of(sheets.certificate(data, AT))
        for line in data.lines:
            assert line.door not in text
            assert line.name not in text
            assert line.evidence_hash in text
        assert "**" not in text
        assert "包块干部代录" not in text
        assert not re.search(r"2026-11-\d\d\d\d:", text), "hours of signing tell who signed"
        assert "不列门牌、姓名" in text

    def test_the_public_copy_does_not_tell_the_order_of_the_roll(self) -> None:
        data = papers.certificate(masked=True)
        backwards = dataclasses.replace(data, lines=list(reversed(data.lines)))
        assert sheets.certificate(data, AT) == sheets.certificate(backwards, AT)

    def test_units_that_said_nothing_are_counted(self) -> None:
        data = papers.certificate(13)
        failed = dataclasses.replace(
            data,
            lines=data.lines[:11],
            tally=[dataclasses.replace(data.tally[0], have=11)],
            passed=False,
            outcome="未达通过线",
        )
        text = text_of(sheets.certificate(failed, AT))
        assert "书面征询结果证书" in text
        assert "书面同意证书" not in text
        assert "同意11户，未表态2户" in text
        assert "11<13未达到" in text

    def test_one_owner_of_two_flats_answers_for_both(self) -> None:
        data = papers.certificate(12)
        both = dataclasses.replace(data.lines[0], door="401室、501室", units=2, method="手机")
        text = text_of(sheets.certificate(dataclasses.replace(data, lines=[both, *data.lines[1:10]]), AT))
        assert "401室、501室" in text
        assert "同意11户，未表态1户" in text
        with pytest.raises(ValueError, match="more slips"):
            dataclasses.replace(data, lines=[both, *data.lines[1:]])

    def test_nobody_answered(self) -> None:
        data = dataclasses.replace(
            papers.certificate(), lines=[], earlier=[], objections=[], manager=None, passed=False
        )
        text = text_of(sheets.certificate(data, AT))
        assert "截止时没有有效的表态，未表态13户" in text
        assert "公示期内没有收到异议" in text
        assert "一、事项和方案" in text
        assert "四、异议和答复" in text

    def test_never_passed_against_its_own_figures(self) -> None:
        data = papers.certificate()
        with pytest.raises(ValueError, match="not reached"):
            dataclasses.replace(data, tally=[dataclasses.replace(data.tally[0], have=12)])
        with pytest.raises(ValueError, match="not reached"):
            dataclasses.replace(data, tally=[])
        with pytest.raises(ValueError, match="more slips"):
            dataclasses.replace(data, roll_units=12)

    def test_a_name_without_glyph_stops_the_press(self) -> None:
        data = papers.certificate(2)
        odd = dataclasses.replace(data, lines=[dataclasses.replace(data.lines[0], name="𠮷**"), data.lines[1]])
        with pytest.raises(MissingGlyph) as caught:
            sheets.certificate(odd, AT)
        assert caught.value.characters == "𠮷"
        assert "〔U+20BB7〕" not in text_of(sheets.certificate(dataclasses.replace(odd, masked=True), AT))

    def test_an_objection_with_a_thumb_does_not(self) -> None:
        objection = dataclasses.replace(papers.certificate().objections[0], text="同意👍")
        assert "同意〔U+1F44D〕" in text_of(sheets.certificate(papers.certificate(objections=[objection]), AT))

    @pytest.mark.parametrize("lines", [13, 1008])
    def test_any_size_prints_with_the_heading_on_each_page(self, lines: int) -> None:
        data = papers.certificate(lines)
        begun = time.perf_counter()
        made = sheets.certificate(data, AT)
        print(f"\n{lines} lines: {time.perf_counter() - begun:.2f} s, {len(made):,} bytes")
        pages = ["".join(page.extract_text().split()) for page in reader(made).pages]
        with_lines = [page for page in pages if "包块干部代录" in page]
        assert len(with_lines) >= lines // 24
        assert all("户·签署人" in page and "证据·存证序号" in page for page in with_lines)
        assert f"共{len(pages)}页" in pages[-1]
        assert data.lines[-1].evidence_hash in "".join(pages)


class TestTallyLine:
    @pytest.mark.parametrize(
        ("have", "whole", "part", "inclusive", "reached"),
        [
            (42_000, 63_000, (2, 3), True, True),
            (41_999, 63_000, (2, 3), True, False),
            (39_720, 63_000, (2, 3), True, False),
            (21_000, 42_000, (1, 2), False, False),
            (21_001, 42_000, (1, 2), False, True),
            (12, 13, (1, 1), True, False),
            (13, 13, (1, 1), True, True),
            (19, 20, (19, 20), True, True),
            (0, 0, (1, 1), True, False),
        ],
    )
    def test_reached(self, have: int, whole: int, part: tuple[int, int], inclusive: bool, reached: bool) -> None:
        line = sheets.TallyLine(
            title="同意",
            measure=sheets.Measure.AREA,
            have=have,
            whole=whole,
            numerator=part[0],
            denominator=part[1],
            inclusive=inclusive,
        )
        assert line.reached is reached

    def test_more_than_half_in_words(self) -> None:
        line = sheets.TallyLine(
            title="同意", measure=sheets.Measure.HEADS, have=4, whole=8, numerator=1, denominator=2, inclusive=False
        )
        assert (line.to_json()["line"], line.to_json()["sum"]) == ("过半数", "2×4 ≤ 8")
        won = dataclasses.replace(line, have=5)
        assert won.to_json()["sum"] == "2×5 > 8"
        assert dataclasses.replace(line, numerator=3, denominator=4).to_json()["line"] == "超过四分之三"


class TestPostings:
    @pytest.mark.parametrize(("size", "mm"), [(sheets.Size.A4, (210, 297)), (sheets.Size.A3, (297, 420))])
    def test_paper(self, size: sheets.Size, mm: tuple[int, int]) -> None:
        for made in (sheets.notice(papers.notice(), AT, size), sheets.roll(papers.roll(), AT, size)):
            box = reader(made).pages[0].mediabox
            assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == mm

    def test_notice(self) -> None:
        data = papers.notice()
        made = sheets.notice(data, AT)
        text = text_of(made)
        assert len(reader(made).pages) == 1
        assert data.title in text
        for fact in data.facts:
            assert f"{fact.label}：{''.join(fact.text.split())}" in text
        assert "联系电话：021-63220000特此公告。天津路居民委员会2026年11月11日" in text

    @pytest.mark.parametrize("size", list(sheets.Size))
    def test_a_posting_is_a_witness_on_paper(self, size: sheets.Size) -> None:
        """Whoever photographs it holds the head of the trail: in three lines, and signed in a code."""
        for made in (sheets.notice(papers.notice(), AT, size), sheets.roll(papers.roll(), AT, size)):
            text = text_of(made)
            for line in papers.CHECKPOINT.split("\n")[:3]:
                assert line in text
            assert "纸面见证" in text
        assert "纸面见证" not in text_of(sheets.notice(papers.notice(frame=papers.frame(checkpoint="")), AT, size))

    def test_a_long_notice_goes_on(self) -> None:
        body = "\n".join(f"第{number}段：" + "居民提出的意见都已逐条记录并答复。" * 12 for number in range(1, 25))
        made = sheets.notice(papers.notice(body=body), AT)
        assert len(reader(made).pages) > 3
        assert "第24段" in text_of(made)
        assert not [line for line in lines_of(made) if line.lstrip().startswith(("。", "，", "："))]

    def test_nothing_leaves_the_page(self) -> None:
        runs = {"W": 900, "!": 900, "。": 700, "(": 900, "～": 500}
        body = "".join(character * times for character, times in runs.items())
        made = sheets.notice(papers.notice(body=body, title="长" * 70), AT)
        lines = lines_of(made)
        for character, times in runs.items():
            found = re.findall(re.escape(character) + "{5,}", "\n".join(lines))
            assert sum(map(len, found)) >= times - 5
            assert max(map(len, found)) < 120
            assert len(found) > 4

    def test_roll(self) -> None:
        data = papers.roll()
        text = text_of(sheets.roll(data, AT))
        assert "共13户，13人，专有部分面积合计540.41㎡" in text
        assert "请在2026年11月30日（周一）24:00前告诉天津路居民委员会" in text
        for line in data.lines:
            assert f"{line.door}{line.name}{line.capacity}" in text
        assert "09室蒋**公房承租人147.79㎡待更户" in text
        assert data.roll_hash in text
        assert "名册编号" not in text_of(sheets.roll(papers.roll(roll_hash=""), AT))

    def test_a_roll_of_an_estate_repeats_its_heading(self) -> None:
        pages = reader(sheets.roll(papers.roll(1008), AT)).pages
        assert len(pages) > 20
        assert all("姓名" in page.extract_text() for page in pages if "公房承租人" in page.extract_text())


class TestDoors:
    def test_one_page_a_household(self) -> None:
        data = papers.slips(30)
        pages = reader(sheets.slips(data, AT)).pages
        assert len(pages) == 30
        for page, slip in zip(pages, data.slips, strict=True):
            text = "".join(page.extract_text().split())
            assert f"{slip.door}李**：" in text
            assert slip.code in text
            assert f"您的分摊：21,000.{int(slip.door[:-3]):02d}元" in text
            assert f"方案第2版，编号{data.plan_hash[:8]}" in text
            assert "请在2026年11月30日（周一）24:00前表态" in text
            assert all(answer in text for answer in data.answers)
            assert "本人签名：" in text
            assert "代理人签名：" in text
            assert "代理人须附委托书" in text

    def test_letters_of_a_slip_are_sixteen_points_or_more(self) -> None:
        sizes: list[float] = []

        def visit(text: str, _cm: object, matrix: list[float], _font: object, size: float) -> None:
            if "截止前可以更改" in text or "只选一项" in text:
                sizes.append(abs(size * matrix[3]))

        crowded = papers.slips(2, plan_title="安和里12号加装电梯及门厅、管线、照明同步改造工程" * 3)
        for data in (papers.slips(2), crowded):
            for page in reader(sheets.slips(data, AT)).pages:
                page.extract_text(visitor_text=visit)
        assert len(sizes) >= 4
        assert min(sizes) >= 15.9

    def test_nobody_pays(self) -> None:
        slip = dataclasses.replace(papers.slips(1).slips[0], share_fen=None)
        assert "您的分摊" not in text_of(sheets.slips(papers.slips(slips=[slip]), AT))

    def test_what_does_not_fit_on_a_page_fails(self) -> None:
        with pytest.raises(PressFailed, match="does not fit"):
            sheets.slips(papers.slips(plan_title="电梯" * 400), AT)
        odd = dataclasses.replace(papers.slips(1).slips[0], code="8K3Q-" * 200)
        with pytest.raises(PressFailed, match="does not fit"):
            sheets.slips(papers.slips(slips=[*papers.slips(3).slips, odd]), AT)

    def test_no_slip_no_paper(self) -> None:
        with pytest.raises(PressFailed):
            sheets.slips(papers.slips(slips=[]), AT)

    def test_letters(self) -> None:
        data = papers.letters(13)
        pages = reader(sheets.letters(data, AT)).pages
        assert len(pages) == 13
        for page, letter in zip(pages, data.letters, strict=True):
            text = "".join(page.extract_text().split())
            assert f"{letter.door}{letter.name or '住户'}：" in text
            assert letter.code in text
            assert letter.link not in text, "the address with rights stands in the QR code alone"
            assert "2026年12月30日（周三）24:00前有效" in text
            assert "https://hearing.example" in text
            assert "021-63220000" in text


class TestMinutes:
    def test_figures(self) -> None:
        text = text_of(sheets.minutes(papers.minutes(), AT))
        for figure in (
            "关于“门口台阶改坡道”的协调会纪要",
            "13户/13户，达到三分之二",
            "承租人王**有条件坡道不能挡住我家窗下的下水口。采纳图纸已把坡道外移20厘米，留出检修口。",
            "承租人周**疑问施工几天？晚上吵不吵？待答复",
            "按修改后的图纸定稿为方案第2版",
            "主持人陈**2026年11月20日24:00无异议",
            "第1,102号",
            papers.digest(81),
        ):
            assert figure in text, figure

    def test_nothing_settled_and_an_objection_kept(self) -> None:
        confirmation = sheets.Confirmation(
            by="承租人 王**", at=AT + timedelta(hours=1), objection="第二条不是这样说的。"
        )
        text = text_of(sheets.minutes(papers.minutes(settlement="", opinions=[], confirmations=[confirmation]), AT))
        assert "本次会议没有达成一致" in text
        assert "会上没有提出意见" in text
        assert "第二条不是这样说的。" in text
        assert "无异议" not in text


def test_a_door_knocking_sheet_has_every_door_and_room_to_write() -> None:
    made = sheets.rounds(papers.rounds(), AT)
    text = text_of(made)
    assert all(f"{floor}0{door}" in text for floor in range(1, 13) for door in (1, 2))
    assert text.count("请不要再来") == 24
    assert text.count("约好2026年11月12日19:00") == 5
    assert "共24户" in text
    assert "谁去：施磊" in text_of(sheets.rounds(papers.rounds(visitor="施磊"), AT))
    pages = [page.extract_text() for page in reader(made).pages]
    assert all("下次哪天、几点" in "".join(page.split()) for page in pages), "the heading stands on each page"
