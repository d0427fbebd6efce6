"""The words of the demo's agreements, and which papers its manufacturers ask for."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DemoAgreement:
    """A template of an agreement."""

    code: str
    names: Mapping[str, str]
    texts: Mapping[str, str]
    kinds: tuple[str, ...] = ()
    term_months: int | None = None
    renewal: str = "ends"
    notice_months: int = 3
    guards: tuple[str, ...] = ()


@dataclass(frozen=True)
class DemoPaper:
    """A compliance paper."""

    code: str
    names: Mapping[str, str]
    explanations: Mapping[str, str]
    kinds: tuple[str, ...] = ()
    has_expiry: bool = True
    has_number: bool = True
    guards: tuple[str, ...] = ()


DEALER_KO = """# 대리점 거래 기본계약서

**{manufacturer_name}**(이하 “본사”)와 **{partner_name}**(사업자등록번호 {business_number}, 이하 “대리점”)은 다음과 같이 계약한다.

## 제1조 (목적)

본사는 대리점에 제품을 공급하고, 대리점은 {territory}에서 이를 판매한다.

## 제2조 (주문과 공급)

1. 대리점은 본사가 정한 방법으로 주문한다.
2. 본사는 주문을 확정한 날부터 영업일 기준 5일 안에 출하한다.
3. 대리점은 입고 후 3일 안에 수량과 하자를 확인한다.

## 제3조 (가격과 대금)

| 구분 | 내용 |
|---|---|
| 공급가 | 본사 단가표에 따른다 |
| 결제 | 매월 말일 마감, 익월 15일 지급 |
| 연체 | 연 6%의 지연손해금 |

## 제4조 (고객 정보)

대리점은 본사가 배정한 문의 고객의 정보를 상담과 시공의 목적으로만 쓴다.

## 제5조 (계약 기간)

1. 계약 기간은 {start}부터 {end}까지로 한다.
2. 어느 한쪽은 {notice_months}개월 전에 통지하여 계약을 해지할 수 있다.
"""
DEALER_EN = """# Dealer agreement

Between **{manufacturer_name}** (“we”) and **{partner_name}**, {partner_address} (“you”).

## 1. What it is about

We supply our products to you, and you sell them in {territory}.

## 2. Orders

1. You order in the way we set.
2. We ship within five working days of our confirmation.
3. You check quantities and visible faults within three days of delivery.

## 3. Prices and payment

| Item | Rule |
|---|---|
| Price | by the price list in force |
| Payment | within 30 days of the invoice |
| Delay | 6 % interest a year |

## 4. Term

It runs from {start} until {end}. Either side may end it with {notice_months} months' notice.
"""
DEALER_JA = """# 販売店基本契約書

**{manufacturer_name}**（以下「甲」）と**{partner_name}**（以下「乙」）は、次のとおり契約を締結する。

## 第1条（目的）

甲は乙に製品を供給し、乙は{territory}においてこれを販売する。

## 第2条（注文と納品）

1. 乙は甲の定める方法で注文する。
2. 甲は受注確定の日から5営業日以内に出荷する。
3. 乙は入荷後3日以内に数量と瑕疵を確認する。

## 第3条（代金）

| 項目 | 内容 |
|---|---|
| 価格 | 甲の価格表による |
| 支払 | 月末締め翌月末払い |
| 遅延 | 年6％の遅延損害金 |

## 第4条（契約期間）

契約期間は{start}から{end}までとする。いずれの当事者も{notice_months}か月前の通知により解約できる。
"""
PRIVACY = {
    "ko": """# 개인정보 처리 위탁 약정서

{manufacturer_name}는 문의 고객의 개인정보 처리를 **{partner_name}**에 위탁한다.

1. 위탁 업무: 상담, 현장 방문, 시공, 사후 관리
2. 목적 외 이용과 제3자 제공을 금지한다.
3. 업무가 끝나면 지체 없이 파기하고 그 사실을 알린다.
4. 사고가 발생하면 24시간 안에 본사에 알린다.

이 약정은 {start}부터 {end} 효력이 있다.
""",
    "ja": """# 個人情報取扱委託契約書

{manufacturer_name}は、お客様の個人情報の取扱いを**{partner_name}**に委託する。

1. 委託業務：商談、訪問、納品、アフターサービス
2. 目的外の利用と第三者への提供を禁止する。
3. 業務の終了後は速やかに廃棄し、その旨を報告する。
4. 事故が発生したときは24時間以内に報告する。

本契約は{start}から効力を生じ、期間は{end}とする。
""",
    "en": """# Data processing agreement

{manufacturer_name} has **{partner_name}** process the personal data of customers.

1. Work: advice, visits, delivery, after-sales
2. No other use, and no handing on to others.
3. When the work is done the data are erased, and we are told so.
4. Incidents are reported within 24 hours.

In force from {start}, {end}.
""",
}
CONFIDENTIAL = {
    "ja": "# 秘密保持契約書\n\n{manufacturer_name}と**{partner_name}**は、相互に開示する情報を秘密として保持する。\n\n1. 期間：{start}から{end}\n2. 例外：公知の情報、独自に開発した情報\n3. 解約：{notice_months}か月前の通知による\n",
    "en": "# Confidentiality agreement\n\n{manufacturer_name} and **{partner_name}** keep secret what they tell each other.\n\n1. Term: from {start} until {end}\n2. Not secret: what is public, or was developed without it\n3. Notice: {notice_months} months\n",
    "ko": "# 비밀유지 계약서\n\n{manufacturer_name}와 **{partner_name}**는 서로에게 알린 정보를 비밀로 유지한다.\n\n1. 기간: {start}부터 {end}까지\n2. 예외: 공개된 정보, 독자적으로 개발한 정보\n3. 해지: {notice_months}개월 전 통지\n",
}

AGREEMENTS: dict[str, tuple[DemoAgreement, ...]] = {
    "hanbit": (
        DemoAgreement(
            "dealer",
            {"ko": "대리점 거래 기본계약", "en": "Dealer agreement", "ja": "販売店基本契約"},
            {"ko": DEALER_KO, "en": DEALER_EN},
            kinds=("distributor", "agency", "dealer"),
            term_months=12,
            renewal="again",
            guards=("order", "leads"),
        ),
        DemoAgreement(
            "installer",
            {"ko": "시공 협력 계약", "en": "Installer agreement", "ja": "施工協力契約"},
            {"ko": DEALER_KO.replace("대리점 거래 기본계약서", "시공 협력 계약서").replace("대리점", "시공점")},
            kinds=("installer",),
            term_months=24,
            renewal="automatic",
            notice_months=2,
            guards=("leads",),
        ),
        DemoAgreement(
            "privacy",
            {"ko": "개인정보 처리 위탁 약정", "en": "Data processing agreement", "ja": "個人情報取扱委託契約"},
            PRIVACY,
            kinds=("retailer",),
            notice_months=1,
        ),
    ),
    "tokai": (
        DemoAgreement(
            "distributor",
            {"ja": "販売店基本契約", "en": "Dealer agreement", "ko": "판매점 기본계약"},
            {"ja": DEALER_JA, "en": DEALER_EN},
            term_months=12,
            renewal="automatic",
            guards=("order",),
        ),
        DemoAgreement(
            "confidential",
            {"ja": "秘密保持契約", "en": "Confidentiality agreement", "ko": "비밀유지 계약"},
            CONFIDENTIAL,
            kinds=("maker", "distributor"),
            term_months=36,
        ),
    ),
}

PAPERS: dict[str, tuple[DemoPaper, ...]] = {
    "hanbit": (
        DemoPaper(
            "business-licence",
            {"ko": "사업자등록증", "en": "Business licence", "ja": "事業者登録証"},
            {"ko": "최근 발급된 사본", "en": "A recent copy", "ja": "最近発行された写し"},
            has_expiry=False,
            guards=("order",),
        ),
        DemoPaper(
            "liability",
            {"ko": "시공 배상책임보험 증권", "en": "Liability insurance", "ja": "施工賠償責任保険証券"},
            {
                "ko": "보험 기간과 보상 한도가 보이게",
                "en": "Term and cover must be readable",
                "ja": "期間と補償額が読めること",
            },
            kinds=("installer", "agency", "dealer"),
            guards=("leads", "deals"),
        ),
        DemoPaper(
            "building-licence",
            {"ko": "실내건축공사업 등록증", "en": "Interior building licence", "ja": "内装工事業登録証"},
            {"ko": "등록번호가 보이게", "en": "With its number", "ja": "登録番号が読めること"},
            kinds=("installer",),
            guards=("leads",),
        ),
    ),
    "tokai": (
        DemoPaper(
            "trade-register",
            {"ja": "登記事項証明書", "en": "Trade register extract", "ko": "등기사항증명서"},
            {"ja": "3か月以内に発行されたもの", "en": "Not older than three months", "ko": "3개월 이내 발급본"},
            has_expiry=False,
            guards=("order",),
        ),
        DemoPaper(
            "product-liability",
            {"ja": "生産物賠償責任保険証券", "en": "Product liability insurance", "ko": "생산물 배상책임보험 증권"},
            {"ja": "保険期間が読めること", "en": "The term must be readable", "ko": "보험 기간이 보이게"},
            kinds=("maker", "distributor", "workshop"),
            guards=("deals",),
        ),
    ),
}
