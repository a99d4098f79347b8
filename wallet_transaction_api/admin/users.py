"""Users in the admin: Django's own pages, with usernames normalized before they are validated."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import forms as auth_forms
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import ValidationError

from wallet_transaction_api.accounts import lookup, names


class UsernameField(auth_forms.UsernameField):
    """Django's field normalizes only what is short enough before it is normalized."""

    def to_python(self, value: Any) -> Any:
        """Normalize the name."""
        return names.normalize(forms.CharField.to_python(self, value) or "")


class _UniqueByKey:
    """Rejects a new name that has another user's key."""

    def clean_username(self) -> str:
        """Leave a name alone that is not changed: it may share its key since before keys."""
        form: Any = self
        name = str(form.cleaned_data["username"])
        if "username" in form.changed_data and lookup.is_taken(name, but=form.instance):
            raise ValidationError("A user with that username already exists.", code="unique")
        return name


class NewUserForm(_UniqueByKey, auth_forms.AdminUserCreationForm):  # type: ignore[type-arg]
    """A new user."""

    class Meta(auth_forms.AdminUserCreationForm.Meta):
        field_classes = {"username": UsernameField}  # noqa: RUF012 Django's documented form


class UserForm(_UniqueByKey, auth_forms.UserChangeForm):  # type: ignore[type-arg]
    """An existing user."""

    class Meta(auth_forms.UserChangeForm.Meta):
        field_classes = {"username": UsernameField}  # noqa: RUF012 Django's documented form


class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    """Users."""

    add_form = NewUserForm
    form = UserForm


admin.site.unregister(get_user_model())
admin.site.register(get_user_model(), UserAdmin)
