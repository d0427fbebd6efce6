"""Whose address a mail domain tells. Pure: no Django, no database."""

FREE_MAIL_DOMAINS = frozenset(
    """
    126.com 163.com aol.com daum.net dreamwiz.com empal.com fastmail.com freechal.com gmail.com gmx.com gmx.de gmx.net
    googlemail.com hanmail.net hotmail.co.jp hotmail.co.kr hotmail.co.uk hotmail.com hotmail.fr icloud.com kakao.com
    korea.com lycos.co.kr mac.com mail.com mail.ru me.com msn.com nate.com naver.com netian.com outlook.com outlook.de
    outlook.jp outlook.kr paran.com pm.me proton.me protonmail.com qq.com rocketmail.com sina.com tutanota.com web.de
    yahoo.co.jp yahoo.co.kr yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.com yandex.ru ymail.com zoho.com
    au.com biglobe.ne.jp docomo.ne.jp excite.co.jp ezweb.ne.jp goo.jp i.softbank.jp infoseek.jp nifty.com ocn.ne.jp
    plala.or.jp rakuten.jp softbank.ne.jp ybb.ne.jp
    """.split()  # noqa: SIM905 (a list of 70 quoted names reads worse)
)
"""Anybody can have an address there, so it says nothing about who one works for."""


def domain_of(email: str) -> str:
    """The part after the @, in small letters."""
    return email.rpartition("@")[2].strip().lower()


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address at this domain."""
    return domain.lower() in FREE_MAIL_DOMAINS
