"""One noun a file. BLUEPRINTS is the visible list that create_app registers."""

from inspect_api.resources.apps import blueprint as apps
from inspect_api.resources.audit import blueprint as audit
from inspect_api.resources.campaigns import blueprint as campaigns
from inspect_api.resources.checklists import blueprint as checklists
from inspect_api.resources.conflicts import blueprint as conflicts
from inspect_api.resources.counties import blueprint as counties
from inspect_api.resources.devices import blueprint as devices
from inspect_api.resources.documents import blueprint as documents
from inspect_api.resources.exports import blueprint as exports
from inspect_api.resources.files import blueprint as files
from inspect_api.resources.home import blueprint as home
from inspect_api.resources.indicators import blueprint as indicators
from inspect_api.resources.notices import blueprint as notices
from inspect_api.resources.photos import blueprint as photos
from inspect_api.resources.plans import blueprint as plans
from inspect_api.resources.quarantine import blueprint as quarantine
from inspect_api.resources.records import blueprint as records
from inspect_api.resources.rectifications import blueprint as rectifications
from inspect_api.resources.regions import blueprint as regions
from inspect_api.resources.reports import blueprint as reports
from inspect_api.resources.review import blueprint as review
from inspect_api.resources.rxdb import blueprint as rxdb
from inspect_api.resources.sessions import blueprint as sessions
from inspect_api.resources.sites import blueprint as sites
from inspect_api.resources.sync import blueprint as sync
from inspect_api.resources.tasks import blueprint as tasks
from inspect_api.resources.users import blueprint as users
from inspect_api.resources.views import blueprint as views
from inspect_api.resources.visits import blueprint as visits

BLUEPRINTS = (home, sessions, devices, plans, checklists, indicators, regions, sites, tasks, campaigns, visits, files, photos, sync, quarantine,
              conflicts, rxdb, apps, users, audit, reports, records, documents, exports, review, views, counties, rectifications, notices)
