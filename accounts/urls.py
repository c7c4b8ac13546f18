from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("accounts/role/", views.role, name="role"),
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/devices/", views.devices, name="devices"),
    path("accounts/devices/<int:pk>/end/", views.device_end, name="device-end"),
    path("accounts/keys/new/", views.key_create, name="key-create"),
    path("accounts/keys/<int:pk>/revoke/", views.key_revoke, name="key-revoke"),
]
