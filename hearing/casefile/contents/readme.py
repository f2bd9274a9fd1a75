"""README 说明: what lies in a case file and how to check it, in Chinese and in English, for whoever unpacks it."""

from __future__ import annotations

_ZH = """案卷：{title}
{edition}，{office}，存证 {size} 条时汇编。

一、先看什么
  案卷.pdf 是总证书，目录和各次征询、许可、官方结果、办理情况都在里面。
  各文件夹是原始材料；CSV 可以用表格软件打开，时间都是北京时间。
{contents}
二、怎样查证（不用联网，不用我们的网站，不用我们的程序库）
  1. 文件没有被改动：sha256sum -c SHA256SUMS
     每一行都应是 OK。压缩包本身的 SHA-256 记在存证里，案卷的网页上也有。
  2. 存证没有被改动：python3 verify.py case . --key '{vkey}'
     最后一行应是“通过”。它核对每一条记录是否列在签名的账本里，每一份启封件是否与记录的承诺相符。
     公钥要用公告栏上贴的那一个，不要从这份案卷里取。上面写的这一个，请与公告栏对照。
  3. 单独查一条：python3 verify.py proof log/proofs/<序号>.tlog-proof --key '<公钥>' --no-state
  4. 查整本账本：python3 verify.py audit {log} --key '<公钥>'
  verify.py 只用 Python 3.9 以上自带的库。

三、说明
  {legal_note}
  {notice}
{erased}"""

_EN = """
Case file: {title}
{edition_en}, compiled when the log had {size} entries.

1. Where to begin
  案卷.pdf is the certificate of the whole case with a table of contents. The folders hold what it rests on; CSV files
  open in a spreadsheet; all times are Beijing time.

2. How to check it (offline, without our site and without our libraries)
  a. No file was changed: sha256sum -c SHA256SUMS
     Every line should say OK. The SHA-256 of the zip itself stands in the log and on the page of the case file.
  b. The log was not changed: python3 verify.py case . --key '{vkey}'
     Its last line should say PASSED. It checks that every entry is in the signed log, and that every opening is what
     its entry commits to. Take the key from the notice board, never from this file, and compare it with the above.
  c. One entry alone: python3 verify.py proof log/proofs/<number>.tlog-proof --key '<key>' --no-state
  d. The whole log: python3 verify.py audit {log} --key '<key>'
  verify.py needs Python 3.9 or later and nothing else.

3. What it is worth
  Records of this system are supporting evidence (Electronic Signature Law, articles 3 to 8). Where a statute asks for a
  government voting system or for signatures in ink, that result is decisive; it is in the file where there is one.
"""

PURPOSES = {
    "": "总证书、说明、查证程序、附件目录",
    "00-application": "书面申请、各席位的意见",
    "01-plans": "方案各版：文字、原文 JSON、图纸",
    "02-costs": "费用分摊表",
    "03-notices": "公告原文、张贴的照片",
    "04-objections": "公示和异议、答复",
    "05-concerns": "顾虑和量过的答复",
    "06-permits": "书面许可、管理方答复",
    "07-consents": "各次征询：规则、名册、记录、征询单、委托书、送达、证书、官方结果",
    "08-works": "办理阶段、文号、照片、自治管理小组",
    "log": "存证：每条记录的凭证、启封件、签名检查点",
}
"""What lies in each folder of the first level."""


def readme(
    *,
    title: str,
    full: bool,
    office: str,
    size: int,
    vkey: str,
    log: str,
    legal_note: str,
    left_out: int,
    folders: list[tuple[str, int]],
) -> str:
    """The text of README.txt; `folders` with how many files each has."""
    contents = "".join(f"  {name + '/' if name else '（最上层）':<18}{PURPOSES[name]}\n" for name, _ in folders)
    notice = (
        "本件有居民的姓名、门牌、签名，只供办理、查证和诉讼使用，请妥善保管，用后删除。"
        if full
        else "本件不列门牌、姓名，没有照片和签名，可以公开。"
    )
    erased = f"  有 {left_out} 个附件保存期限已到或按本人要求，已经删除，不在里面；attachments.csv 里留有指纹。\n"
    zh = _ZH.format(
        title=title,
        edition="完整件" if full else "公开件",
        office=office,
        size=size,
        contents=contents,
        vkey=vkey,
        log=log,
        legal_note=legal_note,
        notice=notice,
        erased=erased if left_out else "",
    )
    edition = "Full edition: it names people" if full else "Public edition: no names, doors, photos or signatures"
    return zh + _EN.format(title=title, edition_en=edition, size=size, vkey=vkey, log=log)
