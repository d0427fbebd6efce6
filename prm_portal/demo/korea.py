"""Korean places, company names and people for the demo, all invented but of the usual kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from random import Random

from .shapes import read_data

SURNAMES = (
    "김",
    "이",
    "박",
    "최",
    "정",
    "강",
    "조",
    "윤",
    "장",
    "임",
    "한",
    "오",
    "서",
    "신",
    "권",
    "황",
    "안",
    "송",
    "류",
    "홍",
)
GIVEN_NAMES = (
    "민수", "영희", "상훈", "은정", "지현", "동현", "미경", "성민", "수진", "재호", "현주", "태영", "정숙", "병철", "혜진",
    "준영", "경희", "대현", "유나", "승환", "선영", "기태", "나래", "우진", "소영", "영수", "보라", "진우", "미선", "창호",
    "하늘", "종민", "세진", "윤정", "광수", "다은", "형석", "지은", "용준", "가영",
)  # fmt: skip

# The words that shops and fitters are named after, with their usual Latin spelling.
STEMS = {
    "대성": "Daeseong", "한성": "Hanseong", "우진": "Woojin", "미래": "Mirae", "삼화": "Samhwa", "신영": "Sinyeong",
    "태양": "Taeyang", "제일": "Jeil", "중앙": "Jungang", "명성": "Myeongseong", "보람": "Boram", "다온": "Daon",
    "예담": "Yedam", "온새미": "Onsaemi", "가람": "Garam", "누리": "Nuri", "한울": "Hanul", "새롬": "Saerom",
    "동방": "Dongbang", "청솔": "Cheongsol", "두리": "Duri", "늘푸른": "Neulpureun", "성원": "Seongwon", "동일": "Dongil",
    "영진": "Yeongjin", "세화": "Sehwa", "국제": "Gukje", "고려": "Goryeo", "백제": "Baekje", "신라": "Silla",
    "으뜸": "Eutteum", "참": "Cham", "해솔": "Haesol", "도담": "Dodam", "라온": "Raon", "아람": "Aram",
    "예은": "Yeeun", "정원": "Jeongwon", "한마음": "Hanmaeum", "형제": "Hyeongje",
}  # fmt: skip

# Days without deliveries that fall on the same date every year.
FIXED_HOLIDAYS = {(1, 1), (3, 1), (5, 5), (6, 6), (8, 15), (10, 3), (10, 9), (12, 25)}


@dataclass(frozen=True)
class Place:
    """A town or district where a partner may sit."""

    name_en: str
    name_ko: str
    city: str
    region: str
    postal: str
    latitude: float
    longitude: float
    road: str
    area_code: str

    def distance(self, other: Place) -> float:
        """Kilometres as the crow flies, good enough to find the nearest agency."""
        east = (self.longitude - other.longitude) * 88.8
        north = (self.latitude - other.latitude) * 111.0
        return math.hypot(east, north)


def places() -> list[Place]:
    """Every place the demo knows."""
    return [
        Place(
            row["name_en"],
            row["name_ko"],
            row["city"],
            row["region"],
            row["postal"],
            float(row["latitude"]),
            float(row["longitude"]),
            row["road"],
            row["area_code"],
        )
        for row in read_data("korea_places.csv")
    ]


def person_name(random: Random) -> str:
    """A Korean name, family name first."""
    return random.choice(SURNAMES) + random.choice(GIVEN_NAMES)


def business_number(random: Random) -> str:
    """A number of the right form whose check digit is wrong on purpose, so that it is nobody's."""
    digits = [int(digit) for digit in f"{random.randint(101, 899)}{random.choice((81, 86, 87, 12, 23, 31))}"]
    digits += [random.randint(0, 9) for _ in range(4)]
    weighted = sum(digit * weight for digit, weight in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True))
    check = (10 - (weighted + digits[8] * 5 // 10) % 10) % 10
    text = "".join(map(str, [*digits, (check + 1) % 10]))
    return f"{text[:3]}-{text[3:5]}-{text[5:]}"


def office_phone(place: Place, random: Random) -> str:
    """A number in the place's area code; exchanges beginning with 0 are given to nobody."""
    return f"{place.area_code}-0{random.randint(10, 99)}-{random.randint(0, 9999):04d}"


def mobile_phone(random: Random) -> str:
    """A mobile number from the range that is not handed out."""
    return f"010-0{random.randint(100, 999)}-{random.randint(0, 9999):04d}"


def is_workday(day: date) -> bool:
    """Whether a warehouse ships on that day."""
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS
