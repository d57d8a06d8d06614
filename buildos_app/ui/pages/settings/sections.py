"""Every section of the settings, one line each, in the order of the list."""

from buildos_app.ui.pages.settings.frame import Section
from buildos_app.ui.pages.settings.profile.page import profile
from buildos_app.ui.pages.settings.profile.state import ProfileState

SECTIONS = (Section("profile", "Profile", "circle-user-round", profile, ProfileState.load),)
