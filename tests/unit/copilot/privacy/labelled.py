"""Sentences written for the test, what is a person's in `[[…]]`, and sentences that hold nothing of the kind.

No number is anybody's: the mobile numbers are of blocks that are used in examples, the identity numbers were made with
their checksum, the card numbers are those that payment companies publish for tests.
"""

from __future__ import annotations

PERSONAL = """
PHONE|找 [[13800138000]] 的王先生
PHONE|客户电话[[138-0013-8000]],下午再打
PHONE|微信同号：[[138 0013 8000]]。
PHONE|手机 [[+86 138 0013 8000]] 或 [[+8613900139000]]
PHONE|打[[１３８００１３８０００]]找李娜
PHONE|她说记[[一三八零零幺三八零零零]]
PHONE|Call [[+86-159-1234-5678]] before noon.
PHONE|联系人:陈立,[[15912345678]],采购总监
PHONE|tel:[[18612345678]]
PHONE|Tel[[18612345678]]
PHONE|手机号是[[0086 18612345678]]
PHONE|[[138.0013.8000]] 接不通
PHONE|{"mobile": "[[19912345678]]"}
PHONE|ring me on [[+44 20 7946 0958]] please
PHONE|her US mobile is [[+1 415 555 0132]]
PHONE|号码[[138​0013​8000]]里藏了看不见的字符
PHONE|[[17012345678]]/[[16612345678]] 都是他的
PHONE|找13开头那个,[[13912345678]]
LANDLINE|座机 [[010-62345678]] 可以查
LANDLINE|公司总机[[0755-86543210]]转前台
LANDLINE|传真：[[(021) 6234 5678]]
LANDLINE|[[（010）62345678]] 上班时间有人
LANDLINE|电话[[02162345678]]
LANDLINE|[[0571-87654321-802]] 是分机
LANDLINE|Office: [[+86 10 6234 5678]]
ID|身份证号 [[11010519491231002X]] 填在备注里
ID|[[440308199901101512]] 是她本人的
ID|ID: [[110105 19491231 002X]]
ID|证件号码[[11010519491231002x]]
ID|身份证 [[110105194912310021]] 抄错了一位
ID|老身份证[[110105491231002]]
ID|（[[４４０３０８１９９９０１１０１５１２]]）
CARD|打款到 [[6222 0200 1234 5678 901]] 这张卡
CARD|卡号[[6222021234567890128]]
CARD|her card is [[4111 1111 1111 1111]]
CARD|Pay with [[5555555555554444]] today.
CARD|银行账户：[[6228480402564890018]]
CARD|Amex [[378282246310005]]
CARD|用[[4111-1111-1111-1111]]付的
CARD|汇到[[6217 0012 3456 7890 123]]
MAIL|写到 [[li.na@example.com]] 去
MAIL|邮箱[[wang.wei+kp@mail.example.com.cn]],周一回
MAIL|<[[Chen_Li@Example.COM]]>
MAIL|发邮件给[[zhao@example.cn]]就能开通
MAIL|[[ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ]] 全角的
MAIL|from:[[a@b.io]], to:[[c-d@e-f.org]].
MAIL|[[13800138000@139.com]]
PASSPORT|护照号 [[E12345678]]
PASSPORT|passport no. [[EA1234567]]
PASSPORT|港澳通行证 [[C12345678]]
PASSPORT|回乡证[[H1234567800]]
"""

NOTHING = """
订单号 13912345678 已发货
运单 SF1391234567890
订单编号:15912345678,周三到
合同编号 HT-2026-0013800138
统一社会信用代码 91110105MA01ABCD2X
统一社会信用代码:911101057178120345
税号 110105194912310028 开专票
报价 1,380,013,800 元
ARR 13800138000.50 元
2026-11-27 12:30:23
2026 年 11 月 27 日,1,200 元
20261127123023
1700000000000
1764246623123
550e8400-e29b-41d4-a716-446655440000
13912345-6789-4a12-9138-001380013800
c0ffee13800138000beef
sha256:13800138000abcdef13800138000abcdef
doc a1b2c3d4e5f60718#3
acct-00042 与 acct-13800
request 13800138000a
版本 1.38.0013.8000
客服热线 400-820-8820
拨 95588 或 10086
800-810-1234
1 380 013 8000 500
续费率 138.0013%,净值 0.13800138000
IP 192.168.138.100:8000
第 138 条,第 0013 款,第 8000 元
13800
138001380001
1234567890123456
发票号码 6222021234567890128
invoice 4111111111111111
ISBN 978-7-115-42802-8
商品条码 6901234567892
2025-2026 财年 3,500-8,000 万
logo@2x.png
git@github.com:example/repo.git
@李娜 明天 @all 看一下
用户名@公司
pip install pkg@1.2.3
E12345678 号货架
H1234567800 是批次
一二三四线城市都有
零零后一五一十说了
010 号文件,2026 版
第 0755 期
(2026)京01民终12345678号
v20261127.1380013
ts 1700000000.123456
#13800138000abc
page=138&size=0013&from=8000
1-3-8-0-0
"""


def labelled() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return texts, each with (kind, as written) of what stands in it."""
    rows: list[tuple[str, list[tuple[str, str]]]] = []
    for line in PERSONAL.strip().splitlines():
        kind, _, marked = line.partition("|")
        pieces = marked.replace("]]", "[[").split("[[")
        rows.append(("".join(pieces), [(kind, piece) for piece in pieces[1::2]]))
    return rows + [(line, []) for line in NOTHING.strip().splitlines()]
