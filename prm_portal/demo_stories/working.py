"""What staff and partners have to do for each other, what they wrote, the files they share, and what staff noted."""

import datetime as dt
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partners.models import Comment, Partner, Side, StaffNote, Task, TaskState
from partners.services.cabinet import add_version, put_file
from tenancy.models import Manufacturer, Membership

PARTNERS, TALKING = 60, 12
KIND = "demo-work"
TASKS: dict[str, list[tuple[str, str]]] = {
    "ko": [
        ("staff", "하반기 판매 계획 초안 보내기"),
        ("staff", "가을 신제품 샘플북 발송"),
        ("staff", "전시장 진열 점검 방문 잡기"),
        ("staff", "미수금 상환 일정 확인"),
        ("partner", "사업자등록증 사본 올리기"),
        ("partner", "10월 재고 수량 알려 주기"),
        ("partner", "시공 교육 참석자 명단 보내기"),
        ("partner", "전시장 새 사진 올리기"),
    ],
    "ja": [
        ("staff", "下期の販売計画の案を送る"),
        ("staff", "検査証明書の写しを送付する"),
        ("staff", "来月の船積み枠を確保する"),
        ("staff", "値引き依頼への回答"),
        ("partner", "Send the signed order confirmation"),
        ("partner", "Tell us your stock of hybrids"),
        ("partner", "Upload photos of the new showroom"),
        ("partner", "Name who attends the service training"),
    ],
}
SAID: dict[str, list[tuple[str, str]]] = {
    "ko": [
        ("staff", "안녕하세요. 가을 신제품 샘플북을 오늘 발송했습니다. 도착하면 진열 위치를 알려 주세요."),
        ("partner", "잘 받았습니다. 강화마루는 입구 쪽에 진열하려고 합니다. 색상표도 받을 수 있을까요?"),
        ("staff", "색상표를 파일에 올려 두었습니다. https://hanbit.example/colours 에서도 보실 수 있습니다."),
        ("partner", "확인했습니다. 감사합니다."),
    ],
    "ja": [
        (
            "staff",
            "Good morning. The vessel for your two containers leaves Nagoya on Friday. The papers are in your files.",
        ),
        ("partner", "Thank you. Customs also asks for the inspection certificate of the second container."),
        ("staff", "It is in the files now: https://tokai.example/certificates explains how to read it."),
        ("partner", "Received. We will confirm the arrival."),
    ],
}
ABOUT_TASK = {
    "ko": [("staff", "혹시 어려운 점이 있으면 여기에 적어 주세요."), ("partner", "이번 주 안에 보내 드리겠습니다.")],
    "ja": [
        ("staff", "Please write here if anything is unclear."),
        ("partner", "We will send it by the end of the week."),
    ],
}
NOTES = {
    "ko": [
        "대표가 내년 초 은퇴를 생각하고 있음. 후임은 아들.",
        "경쟁사에서 3% 더 낮은 단가를 제시받음. 당분간 지켜볼 것.",
    ],
    "ja": ["代表は来年の引退を考えている。後任は息子。", "競合から3%低い価格を提示されている。しばらく様子を見る。"],
}
FILES: dict[str, list[tuple[str, str, list[str], bool]]] = {
    "ko": [
        ("2026 하반기 단가표", "바닥재와 몰딩", ["단가표"], True),
        ("강화마루 색상표", "", ["자료"], True),
        ("거래 조건 검토", "내부 검토용", [], False),
    ],
    "ja": [
        ("Price list, second half of 2026", "FOB Nagoya", ["price list"], True),
        ("Inspection certificate", "", ["papers"], True),
        ("与信枠の検討", "社内用", [], False),
    ],
}
DUE = (-9, -4, -1, 0, 0, 1, 2, 3, 5, 8, 12, 20, None)


def tell_working(manufacturer: Manufacturer, day: dt.date) -> None:
    """Tasks of sixty partners; with a dozen whose people sign in also a conversation, files and notes."""
    if Task.objects.filter(kind=KIND).exists():
        return
    language = "ja" if manufacturer.languages[:1] == ["ja"] else "ko"
    random = Random(8022)  # noqa: S311 (a story, not a secret)
    signing_in: dict[int, Membership] = {}
    for member in Membership.objects.filter(partner__isnull=False, is_active=True).order_by("pk"):
        signing_in.setdefault(member.partner_id or 0, member)
    looked_after = Partner.objects.filter(channel_manager__isnull=False).select_related("channel_manager")
    known = sorted(looked_after.filter(pk__in=signing_in), key=lambda partner: signing_in[partner.pk].pk)[:TALKING]
    shown = [partner.pk for partner in known]
    others = list(looked_after.exclude(pk__in=shown).order_by("pk")[: PARTNERS - len(known)])
    Task.objects.bulk_create(
        task
        for partner in [*known, *others]
        for task in _tasks(partner, signing_in.get(partner.pk), language, day, random)
    )
    for partner in known:
        _told(partner, signing_in[partner.pk], language, manufacturer)


def _tasks(partner: Partner, member: Membership | None, language: str, day: dt.date, random: Random) -> list[Task]:
    found = []
    for number, (side, title) in enumerate(random.sample(TASKS[language], 6 if member else 2)):
        after, is_done = random.choice(DUE), number == 5
        found.append(
            Task(
                partner=partner,
                title=title,
                side=side,
                owner=partner.channel_manager if side == Side.STAFF else None,
                is_shared=side == Side.PARTNER or number % 2 == 0,
                due_on=day + dt.timedelta(days=after) if after is not None else None,
                state=TaskState.DONE if is_done else TaskState.OPEN,
                finished_at=timezone.now() if is_done else None,
                finished_by=partner.channel_manager if is_done else None,
                kind=KIND,
                key=f"{number}",
                created_by=partner.channel_manager,
            )
        )
    return found


def _told(partner: Partner, member: Membership, language: str, manufacturer: Manufacturer) -> None:
    staff = partner.channel_manager
    if staff is None:
        return
    people = {"staff": staff, "partner": member}
    task = Task.objects.filter(partner=partner, side=Side.PARTNER).order_by("pk").first()
    said = [Comment(partner=partner, author=people[side], body=body) for side, body in SAID[language]]
    if task is not None:
        said += [
            Comment(partner=partner, task=task, author=people[side], body=body) for side, body in ABOUT_TASK[language]
        ]
    Comment.objects.bulk_create(said)
    StaffNote.objects.bulk_create(
        StaffNote(partner=partner, author=staff, body=body, is_pinned=number == 0)
        for number, body in enumerate(NOTES[language])
    )
    for number, (name, description, tags, is_shared) in enumerate(FILES[language]):
        file = put_file(
            partner=partner,
            upload=_sheet(f"{name}.csv", 1),
            name=name,
            description=description,
            tags=tags,
            is_shared=is_shared,
            by=staff,
            tell=False,
        )
        if number == 0:
            add_version(file, upload=_sheet(f"{name}.csv", 2), note="", by=staff)


def _sheet(name: str, version: int) -> Any:
    rows = "".join(f"A{number:03},{1000 * number + version}\n" for number in range(1, 40))
    upload: Any = SimpleUploadedFile(name, f"code,price\n{rows}".encode())
    upload.checked_type = "text/csv"
    return upload
