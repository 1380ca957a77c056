"""Words of the pages on which somebody signs in."""

from __future__ import annotations

from copilot.interfaces.web.words import Words

#: Why somebody stands at the door, by a key in the address.
PROBLEMS: Words = {
    "problem.link": (
        "登录链接已经用过,或已过期。请管理员重新发一个;所有者运行 copilot up 可拿到新链接。",
        "This sign-in link was used or has expired. Ask an admin for another; the owner gets one from copilot up.",
    ),
    "problem.cancelled": ("你在登录服务那边取消了登录。", "You cancelled at the sign-in provider."),
    "problem.provider_down": (
        "登录服务现在没有正常响应。稍后再试,或换一种方式登录。",
        "The sign-in provider does not answer as it should. Try again later, or sign in another way.",
    ),
    "problem.attempt": (
        "这次登录不是在这个浏览器里开始的,或已超过 10 分钟。请重新登录。",
        "This sign-in was not begun in this browser, or more than 10 minutes ago. Sign in again.",
    ),
    "problem.issuer": ("回复来自另一个登录服务,没有采用。请重新登录。", "Another provider answered. Sign in again."),
    "problem.provider": (
        "登录服务拒绝了这次登录。请重试;一直如此就联系管理员。",
        "The sign-in provider refused. Try again; ask an admin if that stays.",
    ),
    "problem.token": (
        "登录服务发来的凭证没有通过检查。请重试;一直如此就联系管理员。",
        "What the sign-in provider sent did not pass our checks. Try again; ask an admin if that stays.",
    ),
    "problem.domain": (
        "你的邮箱域名不在允许登录的范围内。请联系管理员。",
        "Your e-mail address is not of a domain that may sign in here. Ask an admin.",
    ),
    "problem.no_email": (
        "登录服务没有提供邮箱,无法认出你。请联系管理员。",
        "The sign-in provider tells no e-mail address, so we cannot tell who you are. Ask an admin.",
    ),
    "problem.unverified": (
        "登录服务还没有验证你的邮箱。请先在那边完成验证。",
        "The sign-in provider has not verified your e-mail address. Let it do so first.",
    ),
    "problem.several": (
        "这里有几个人用着你的邮箱,无法确定是谁。请联系管理员。",
        "Several people here have your e-mail address. Ask an admin.",
    ),
    "problem.taken": (
        "这个账号或邮箱已经绑定给别人。请联系管理员。",
        "This account, or its address, is bound to somebody else here. Ask an admin.",
    ),
    "problem.inactive": ("你的账号已停用。请联系管理员。", "You may not sign in here any more. Ask an admin."),
    "problem.unknown": (
        "这里还没有添加你的邮箱。请管理员先添加你。",
        "Nobody with your e-mail address was added here. Ask an admin to add you.",
    ),
}

LOGIN: Words = {
    **PROBLEMS,
    "login": ("登录", "Sign in"),
    "with_provider": ("用 {name} 登录", "Continue with {name}"),
    "or": ("或", "or"),
    "email": ("邮箱", "E-mail"),
    "password": ("密码", "Password"),
    "sign_in": ("登录", "Sign in"),
    "by_key": ("用 API 密钥登录", "Sign in with an API key"),
    "key": ("API 密钥", "API key"),
    "key.hint": (
        "所有者的密钥在第一次运行 copilot up 时显示一次。",
        "The owner's key is shown once, when copilot up first runs.",
    ),
    "no_account": (
        "还没有账号,或忘了密码?请管理员发一个邀请链接,用它设置密码。",
        "No account yet, or forgot your password? Ask an admin for an invitation link; it lets you choose one.",
    ),
    "wrong.password": ("邮箱和密码不匹配。", "E-mail and password do not belong together."),
    "wrong.key": ("这个密钥不能登录。", "This key does not sign in."),
    "wait": (
        "错误次数太多。请在 {wait} 后再试;登录链接和邀请链接现在仍然有效。",
        "Too many wrong tries. Try again in {wait}; sign-in and invitation links work now.",
    ),
    "seconds": ("{n} 秒", "{n} s"),
    "minutes": ("{n} 分钟", "{n} min"),
    "done.signed_out": ("已退出登录。", "You are signed out."),
}

CHOOSING: Words = {
    "new_password": ("新密码", "New password"),
    "new_password.hint": (
        "至少 {n} 个字符。几个不相关的词连起来就很好,不要求大小写或符号。",
        "{n} characters or more. A few unrelated words are fine; no capitals or signs are asked for.",
    ),
    "again": ("再输入一次", "Once more"),
    "fault.short": ("太短了,至少 {n} 个字符。", "Too short: {n} characters or more."),
    "fault.long": ("太长了,最多 256 个字符。", "Too long: 256 characters at most."),
    "fault.common": (
        "这个密码太常见,很容易被猜到。换一个。",
        "This one is among the first that are guessed. Choose another.",
    ),
    "fault.personal": (
        "这个密码几乎就是你的名字、邮箱或产品名。换一个。",
        "This is hardly more than your name, your address or the product's. Choose another.",
    ),
    "fault.differs": ("两次输入不一样。", "The two are not the same."),
}

INVITATION: Words = {
    **CHOOSING,
    "welcome": ("你好,{name}", "Hello, {name}"),
    "choose": ("设置一个密码,以后用邮箱 {email} 登录。", "Choose a password; you sign in with {email}."),
    "set_password": ("设置密码并登录", "Set the password and sign in"),
    "over": ("邀请已失效", "The invitation is over"),
    "over.detail": (
        "这个邀请链接已经用过、被撤回或已过期。请管理员重新发一个。",
        "This invitation was used, withdrawn or has expired. Ask an admin for a new one.",
    ),
    "to_login": ("去登录", "Sign in"),
}
