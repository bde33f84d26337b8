"""`make screenshots`: runs the whole program with real tasks and takes the pictures of docs/images/."""

import json
import tempfile
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from launcher import browser as browsers
from launcher.redis_server import RedisServer
from tests.processes import Service, new_web, new_worker
from tests.smtp_server import SmtpServer

Scheme = Literal["light", "dark"]
IMAGES = Path(__file__).parents[1] / "docs" / "images"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
LOOKS: dict[str, tuple[dict[str, int], Scheme]] = {
    "light": (DESK, "light"),
    "dark": (DESK, "dark"),
    "phone-dark": (PHONE, "dark"),
}
MOST_BYTES = 250_000
NAMES = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Margaret", "Dennis", "Radia", "Ken", "Frances", "John")
REFUSED = {"grace@example.com", "dennis@example.com"}


def main() -> None:
    """Take all pictures."""
    with program() as (web, mail_server), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browsers.find_browser(), args=browsers.flags())
        scene = Scene(web, mail_server)
        scene.past(chromium)
        scene.present(chromium)
        scene.take_pictures(chromium)
        chromium.close()


@contextmanager
def program() -> Iterator[tuple[Service, SmtpServer]]:
    """Redis, mail server, worker and web on free ports, with a data folder of their own."""
    with tempfile.TemporaryDirectory() as name, RedisServer.start(Path(name)) as redis_server:
        mail_server = SmtpServer().start()
        mail = {"MAIL_SERVER": mail_server.host, "MAIL_PORT": str(mail_server.port)}
        env = {"REDIS_URL": redis_server.url, "DATA_DIR": name, "MAIL_DEFAULT_SENDER": "board@example.com", **mail}
        worker = new_worker(Path(name) / "worker.log", "--concurrency=5", "--hostname=worker-1@localhost", **env)
        web = new_web(Path(name) / "web.log", **env)
        try:
            worker.start()
            yield web.start(), mail_server
        finally:
            web.kill()
            worker.kill()
            mail_server.stop()


class Scene:
    """Tasks in every state, each one really run."""

    def __init__(self, web: Service, mail_server: SmtpServer) -> None:
        self.web = web
        self.mail_server = mail_server
        self.mailing_id = self.running_id = ""

    def past(self, chromium: Browser) -> None:
        """What has ended: long tasks, mails sent and refused, a mailing."""
        self.mail_server.refused = REFUSED
        for step_s in (0.02, 0.05):
            self.long_task(step_s)
        self.email("ada@example.com")
        self.email("grace@example.com")
        self.mailing_id = self.mailing("Our meeting in May", 12)
        self.long_task(0.03)
        self.wait(chromium, "Succeeded", 5)

    def present(self, chromium: Browser) -> None:
        """What goes on: a mailing and long tasks at different stages, a mail put off, some that wait."""
        self.mail_server.delay_s = 0.1
        self.mail_server.later["radia@example.com"] = 5
        self.mailing("News of November", 420)
        self.long_task(7)
        self.email("radia@example.com")
        self.long_task(6)
        self.wait(chromium, "Retrying", 1)
        self.running_id = self.long_task(5)
        self.email("barbara@example.com", "Send in 1 minute")
        self.long_task(4)
        self.long_task(4)
        self.wait(chromium, "Running", 5)

    def take_pictures(self, chromium: Browser) -> None:
        """Once there is ground for saying how long the newest task will take."""
        self.wait_for_time_left(chromium)
        for look in LOOKS:
            self.take(chromium, "board", "/", look)
            self.take(chromium, "task", f"/tasks/{self.running_id}", look)
        for look in ("light", "dark"):
            self.take(chromium, "drawer", "/", look, self.open_drawer)
        for name, path in self.quiet_pages().items():
            for look in LOOKS:
                self.take(chromium, name, path, look, lambda page: page.wait_for_timeout(1_000))

    def take(
        self, chromium: Browser, name: str, path: str, look: str, prepare: Callable[[Page], None] | None = None
    ) -> None:
        """One picture, once what is shown has settled."""
        file, (size, scheme) = IMAGES / f"{name}-{look}.png", LOOKS[look]
        with opened(chromium, self.web.url + path, viewport=size, color_scheme=scheme) as page:
            (prepare or wait_for_words)(page)
            page.screenshot(path=file)
        if file.stat().st_size > MOST_BYTES:
            raise SystemExit(f"{file} is larger than {MOST_BYTES:,} bytes")
        print(f"{file.relative_to(IMAGES.parents[1])}: {file.stat().st_size:,} bytes")

    def open_drawer(self, page: Page) -> None:
        page.locator(f'task-list a[href$="{self.running_id}"]').first.click()
        expect(page.locator("task-drawer task-detail")).to_be_visible()
        wait_for_words(page)

    def quiet_pages(self) -> dict[str, str]:
        """Pages that say all at once, and their addresses."""
        mailing = f"/tasks/{self.mailing_id}"
        others = {"workers": "/workers", "statistics": "/statistics", "logs": "/logs", "run": "/run/demo.long_task"}
        return {"mailing": mailing, **others}

    def long_task(self, step_s: float) -> str:
        body = json.dumps({"step_s": step_s}).encode()
        return str(json.loads(self._post("/longtask", body, "application/json"))["task_id"])

    def email(self, address: str, button: str = "Send") -> None:
        self._post("/", _form(email=address, submit=button))

    def mailing(self, subject: str, number: int) -> str:
        names = [NAMES[place % len(NAMES)] + str(place // len(NAMES) or "") for place in range(number)]
        listed = "email,name\n" + "".join(f"{name.lower()}@example.com,{name}\n" for name in names)
        mailing_id = str(uuid.uuid4())
        form = _form(subject=subject, body="Dear {{ name }}, we meet again.", recipients=listed, mailing_id=mailing_id)
        self._post("/mailings", form)
        return mailing_id

    def wait(self, chromium: Browser, tab: str, number: int) -> None:
        """Until so many tasks are under this tab of the board."""
        with opened(chromium, self.web.url) as page:
            count = page.get_by_role("button", name=tab).locator(".state-tabs-count")
            expect(count).to_have_text(str(number), timeout=30_000)

    def wait_for_time_left(self, chromium: Browser) -> None:
        with opened(chromium, f"{self.web.url}/tasks/{self.running_id}") as page:
            expect(page.locator(".task-detail-left")).to_contain_text("left", timeout=30_000)

    def _post(self, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> bytes:
        request = urllib.request.Request(self.web.url + path, body, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())


def _form(**fields: str) -> bytes:
    return urllib.parse.urlencode(fields).encode()


@contextmanager
def opened(chromium: Browser, url: str, **options: Any) -> Iterator[Page]:
    """A live page in a browser of its own."""
    context = chromium.new_context(**options)
    page = context.new_page()
    page.goto(url)
    if page.locator("connection-status").count():
        expect(page.locator(".connection-status-word")).to_have_text("Live")
    yield page
    context.close()


def wait_for_words(page: Page) -> None:
    """A page says how long a task will take when it has watched it for about five seconds."""
    page.wait_for_timeout(5_500)


if __name__ == "__main__":
    main()
