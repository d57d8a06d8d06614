"""Every section of the settings, one line each, in the order of the list."""

from buildos_app.ui.pages.settings.briefs.page import brief_settings
from buildos_app.ui.pages.settings.briefs.state import BriefSettingsState
from buildos_app.ui.pages.settings.calendar.page import calendar_settings
from buildos_app.ui.pages.settings.calendar.state import CalendarSettingsState
from buildos_app.ui.pages.settings.data.page import data
from buildos_app.ui.pages.settings.data.state import DataState
from buildos_app.ui.pages.settings.frame import Section
from buildos_app.ui.pages.settings.hours.page import working_hours
from buildos_app.ui.pages.settings.hours.state import HoursState
from buildos_app.ui.pages.settings.model.page import model
from buildos_app.ui.pages.settings.model.state import ModelState
from buildos_app.ui.pages.settings.notifications.page import notification_settings
from buildos_app.ui.pages.settings.notifications.state import NotificationSettingsState
from buildos_app.ui.pages.settings.profile.page import profile
from buildos_app.ui.pages.settings.profile.state import ProfileState
from buildos_app.ui.pages.settings.security.page import security
from buildos_app.ui.pages.settings.security.state import SecurityState
from buildos_app.ui.pages.settings.sms.page import sms_settings
from buildos_app.ui.pages.settings.sms.state import SmsState
from buildos_app.ui.pages.settings.tokens.page import tokens
from buildos_app.ui.pages.settings.tokens.state import TokensState
from buildos_app.ui.pages.welcome.state import WelcomeState

SECTIONS = (
    Section("profile", "Profile", "circle-user-round", profile, [ProfileState.load, WelcomeState.open]),
    Section("hours", "Working hours", "clock", working_hours, HoursState.load),
    Section("notifications", "Notifications", "bell", notification_settings, NotificationSettingsState.load),
    Section("briefs", "Briefs", "newspaper", brief_settings, BriefSettingsState.load),
    Section("calendar", "Calendar", "calendar-days", calendar_settings, CalendarSettingsState.load),
    Section("sms", "Text messages", "message-square", sms_settings, SmsState.load),
    Section("model", "Language model", "sparkles", model, ModelState.load),
    Section("security", "Password and sessions", "lock", security, SecurityState.load),
    Section("data", "Your data", "hard-drive-download", data, DataState.load),
    Section("tokens", "Tokens", "key-round", tokens, TokensState.load),
)
