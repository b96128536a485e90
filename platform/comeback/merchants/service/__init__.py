"""The use cases of the merchants room, one file a subject; other rooms call them as `merchants.service.<name>`."""

from comeback.merchants.service.audit import audit
from comeback.merchants.service.connections import (
    connect,
    connection,
    credentials,
    drop_previous_secret,
    hook_token,
    require_connection,
    resolve_hook,
    set_state,
)
from comeback.merchants.service.domains import add_sending_domain, dkim_key, mark_verified
from comeback.merchants.service.keys import (
    authenticate_key,
    create_api_key,
    list_api_keys,
    revoke_api_key,
)
from comeback.merchants.service.remembered import forget_all
from comeback.merchants.service.sessions import authenticate_session, login, logout, rotate
from comeback.merchants.service.shops import (
    create_shop,
    get_shop,
    set_brand,
    set_settings,
    shop_by_slug,
    shop_view,
)
from comeback.merchants.service.staff import (
    change_password,
    change_role,
    close_account,
    create_staff,
    get_staff,
    list_staff,
    staff_view,
)

__all__ = [
    "add_sending_domain",
    "audit",
    "authenticate_key",
    "authenticate_session",
    "change_password",
    "change_role",
    "close_account",
    "connect",
    "connection",
    "create_api_key",
    "create_shop",
    "create_staff",
    "credentials",
    "dkim_key",
    "drop_previous_secret",
    "forget_all",
    "get_shop",
    "get_staff",
    "hook_token",
    "list_api_keys",
    "list_staff",
    "login",
    "logout",
    "mark_verified",
    "require_connection",
    "resolve_hook",
    "revoke_api_key",
    "rotate",
    "set_brand",
    "set_settings",
    "set_state",
    "shop_by_slug",
    "shop_view",
    "staff_view",
]
