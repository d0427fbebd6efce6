"""For the templates of notices. `{% load notices %}`"""

from django import template

from jobs.registry import job_label

register = template.Library()
register.filter(job_label)
