from volunteers.desk.models.faq import Faq
from volunteers.desk.models.mail import Mail, Notice
from volunteers.desk.models.question import Link, Message, Question

__all__ = ["Faq", "Link", "Mail", "Message", "Notice", "Question"]
