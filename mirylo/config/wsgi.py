"""The web application as a server such as gunicorn calls it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mirylo.config.settings")
application = get_wsgi_application()
