"""Owns: an SMTP receiver that misbehaves on demand, the mails it took, and a page to read them as rendered.
May import: kit and the sandbox's own http.
Publishes: `smtp.SmtpServer`, `store.MailStore`, `server.MailboxSandbox`."""
