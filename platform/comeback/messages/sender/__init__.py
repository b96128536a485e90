"""The sending loop: claims batches across shops, renders them set-based, hands them over, records the answers.
May import service, repository, render, mime and vendors.smtp.
Publishes message.accepted and message.failed for mails with marketing in them."""
