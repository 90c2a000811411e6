"""A mail server of another make (aiosmtpd) for the tests. It takes mail after STARTTLS and AUTH alone, and writes a line of JSON into
its ledger before it says so. Arguments: certificate, key, user, password, ledger, seconds that a mail takes. It ends with its caller."""
import asyncio
import email
import email.policy
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

certificate, key, user, password, ledger, seconds = sys.argv[1:7]
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)


class Handler:
    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(float(seconds))
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        line = {
            "to": envelope.rcpt_tos, "from": envelope.mail_from, "user": session.auth_data, "tls": session.ssl is not None,
            "id": mail["Message-ID"], "subject": mail["Subject"], "text": mail.get_body(("plain",)).get_content(),
        }
        with open(ledger, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        await asyncio.sleep(float(seconds))
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
    return AuthResult(success=good, handled=False, auth_data=f"{mechanism} {user}")


def make():
    return SMTP(Handler(), hostname="mail.example.org", tls_context=tls, require_starttls=True, authenticator=authenticate, auth_required=True)


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(serve())
