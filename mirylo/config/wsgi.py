"""The web application as a server such as gunicorn calls it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mirylo.config.settings")
application = get_wsgi_application()

# A batch of events is tens of thousands of small objects that all live until its answer: looking for cycles among them
# over and over again costs a tenth of the rate.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
