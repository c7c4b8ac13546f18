"""How the log's events of people, roles and places read in Persian."""

WORDS = {
    "role.switched": "نقش جاری خود را عوض کرد",
    "person.created": "کاربر تازه ساخت",
    "person.changed": "مشخصات کاربر را تغییر داد",
    "person.deactivated": "حساب کاربر را غیرفعال کرد",
    "person.activated": "حساب کاربر را فعال کرد",
    "person.password_renewed": "برای کاربر رمز نخست تازه ساخت",
    "person.second_factor_dropped": "رمز دوم کاربر را برداشت",
    "membership.granted": "نقش داد",
    "membership.ended": "نقش را پایان داد",
    "apikey.created": "کلید رابط برنامه‌نویسی ساخت",
    "apikey.revoked": "کلید رابط برنامه‌نویسی را باطل کرد",
    "agency.created": "دستگاه تازه تعریف کرد",
    "agency.changed": "مشخصات دستگاه را تغییر داد",
    "sectorgroup.created": "گروه تازه تعریف کرد",
    "sectorgroup.changed": "مشخصات گروه را تغییر داد",
    "holiday.added": "روز تعطیل افزود",
    "holiday.changed": "روز تعطیل را اصلاح کرد",
    "holiday.removed": "روز تعطیل را برداشت",
}

OBJECTS = {
    "accounts.user": "کاربر",
    "accounts.membership": "نقش",
    "accounts.organization": "سازمان",
    "accounts.agency": "دستگاه",
    "accounts.sectorgroup": "گروه تخصصی",
    "accounts.apikey": "کلید رابط برنامه‌نویسی",
    "accounts.delegation": "جانشینی",
}

FIELDS = {
    "full_name": "نام و نام خانوادگی",
    "username": "نام کاربری",
    "email": "رایانامه",
    "mobile": "تلفن همراه",
    "role": "نقش",
    "agency": "دستگاه",
    "sector_group": "گروه تخصصی",
    "county": "شهرستان",
    "code": "کد",
    "legal_id": "شناسهٔ ملی",
    "user": "کاربر",
    "prefix": "آغاز کلید",
}
