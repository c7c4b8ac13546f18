"""The demo people (decision 31). Names are invented."""

from typing import NamedTuple


class DemoPerson(NamedTuple):
    username: str
    full_name: str
    role: str
    place: str  # organization code, or organization code + ":" + agency code, group code or county code
    sees: str


DEMO_PEOPLE = (
    DemoPerson("agency", "مهتاب احمدی", "agency_user", "khuzestan:1001", "ورود عملکرد راه و شهرسازی"),
    DemoPerson("agency_head", "سیاوش رها", "agency_head", "khuzestan:1001", "رئیس همان دستگاه"),
    DemoPerson("treasurer", "رامین کاظمی‌نیا", "treasurer", "khuzestan:1001", "ذیحساب همان دستگاه"),
    DemoPerson(
        "expert", "سارا مرادی‌فر", "budget_expert", "khuzestan:infrastructure", "کارشناس امور زیربنایی"
    ),
    DemoPerson("consolidation", "زهره شریفی‌راد", "consolidation", "khuzestan", "تلفیق و تأیید نهایی"),
    DemoPerson("consolidation2", "پیمان رستمی‌پور", "consolidation", "khuzestan", "همکار گروه تلفیق"),
    DemoPerson("deputy", "کاوه دانش‌پژوه", "budget_deputy", "khuzestan", "مقاطع، بازگشایی، تأیید گزارش"),
    DemoPerson("head", "فرهاد نیک‌اندیش", "org_head", "khuzestan", "تصویب و انتشار گزارش"),
    DemoPerson("complaints", "نرگس صالحی‌نسب", "complaints_officer", "khuzestan", "میز شکایات"),
    DemoPerson("complaints2", "بهرام فروزان", "complaints_officer", "khuzestan", "نفر دوم میز شکایات"),
    DemoPerson("county", "آرش بهادری", "county_viewer", "khuzestan:0603", "ارقام شهرستان اهواز"),
    DemoPerson("national", "مینا سپهری", "national_viewer", "iran", "جمع دو استان"),
    DemoPerson("auditor", "هومن ایزدی", "auditor", "khuzestan", "رویدادنامهٔ همهٔ کارها"),
    DemoPerson("admin", "شیرین پاکزاد", "admin", "khuzestan", "کاربران، نقش‌ها، مقاطع، کارهای پس‌زمینه"),
    DemoPerson("agency2", "کیان فرهمند", "agency_user", "qom:2001", "دستگاهی در استان دیگر"),
    DemoPerson("treasurer2", "لیلا نوروزیان", "treasurer", "qom:2001", "ذیحساب همان دستگاه دیگر"),
    DemoPerson("expert2", "بابک یگانه", "budget_expert", "qom:social", "کارشناس امور اجتماعی استان دیگر"),
)
