"""The door for mails that become SMS: parse, call operations, answer by SMTP or LMTP."""
