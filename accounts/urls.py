from django.urls import path

from accounts import views, views_alerts
from accounts import views_delegations as delegations
from accounts import views_manage as manage
from accounts.office import views as office

app_name = "accounts"
urlpatterns = [
    path("accounts/role/", views.role, name="role"),
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/alerts/", views_alerts.alerts, name="alerts"),
    path("accounts/devices/", views.devices, name="devices"),
    path("accounts/devices/<int:pk>/end/", views.device_end, name="device-end"),
    path("accounts/keys/new/", views.key_create, name="key-create"),
    path("accounts/keys/<int:pk>/revoke/", views.key_revoke, name="key-revoke"),
    path("manage/users/", manage.user_list, name="user-list"),
    path("manage/users/new/", manage.user_create, name="user-create"),
    path("manage/users/<int:pk>/", manage.user_detail, name="user-detail"),
    path("manage/users/<int:pk>/roles/", manage.user_grant, name="user-grant"),
    path("manage/users/<int:pk>/deactivate/", manage.user_deactivate, name="user-deactivate"),
    path("manage/users/<int:pk>/activate/", manage.user_activate, name="user-activate"),
    path("manage/users/<int:pk>/password/", manage.user_password, name="user-password"),
    path("manage/users/<int:pk>/second-factor/", manage.user_second_factor, name="user-second-factor"),
    path("manage/roles/<int:pk>/end/", manage.membership_end, name="membership-end"),
    path("manage/delegations/", delegations.delegation_list, name="delegation-list"),
    path("manage/delegations/new/", delegations.delegation_create, name="delegation-create"),
    path("manage/delegations/<int:pk>/", delegations.delegation, name="delegation"),
    path("manage/delegations/<int:pk>/letter/", delegations.delegation_letter, name="delegation-letter"),
    path("manage/delegations/<int:pk>/confirm/", delegations.delegation_confirm, name="delegation-confirm"),
    path("manage/delegations/<int:pk>/refuse/", delegations.delegation_refuse, name="delegation-refuse"),
    path("manage/delegations/<int:pk>/end/", delegations.delegation_end, name="delegation-end"),
    path("manage/agencies/", manage.agency_list, name="agency-list"),
    path("manage/agencies/new/", manage.agency_create, name="agency-create"),
    path("manage/agencies/<int:pk>/", manage.agency_edit, name="agency-edit"),
    path("manage/groups/", manage.group_list, name="group-list"),
    path("manage/groups/new/", manage.group_create, name="group-create"),
    path("manage/groups/<int:pk>/", manage.group_edit, name="group-edit"),
    path("manage/holidays/", office.holiday_list, name="holiday-list"),
    path("manage/holidays/<int:pk>/", office.holiday_edit, name="holiday-edit"),
    path("manage/holidays/<int:pk>/remove/", office.holiday_remove, name="holiday-remove"),
    path("manage/week/", office.week, name="week"),
]
