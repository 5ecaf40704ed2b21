// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/display.h"

#include <QtGlobal>

#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

bool hasDisplay()
{
#if defined(Q_OS_UNIX) && !defined(Q_OS_DARWIN)
    return !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
#else
    return true;
#endif
}

// The only fatal message while QApplication is made is that no platform could be; its warnings say the same before it.
void insteadOfAborting(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    if (type == QtFatalMsg) {
        const QByteArray bytes =
            noDisplayMessage(qEnvironmentVariable("QT_QPA_PLATFORM"), qEnvironmentVariable("DISPLAY"),
                             qEnvironmentVariable("WAYLAND_DISPLAY"))
                .toLocal8Bit()
            + '\n';
        std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stderr);
        std::fflush(stderr);
        std::_Exit(1);
    }
    if (!std::string_view(context.category ? context.category : "").starts_with("qt.qpa"))
        std::fprintf(stderr, "%s\n", qPrintable(qFormatLogMessage(type, context, text)));
}

} // namespace

void choosePlatform(bool takesPictures)
{
    if (takesPictures && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM") && !hasDisplay())
        qputenv("QT_QPA_PLATFORM", "offscreen");
}

QString noDisplayMessage(const QString &platform, const QString &display, const QString &wayland)
{
    const QString otherwise =
        u"; or use sallyportctl, which needs no display, or sallyport --screenshot DIR"_s;
    if (!platform.isEmpty())
        return u"sallyport: no window can be opened: QT_QPA_PLATFORM is %1, and Qt cannot start that platform here; unset it%2"_s
            .arg(platform, otherwise);
    QStringList named;
    if (!display.isEmpty())
        named.append(u"DISPLAY=%1"_s.arg(display));
    if (!wayland.isEmpty())
        named.append(u"WAYLAND_DISPLAY=%1"_s.arg(wayland));
    if (named.isEmpty())
        return u"sallyport: there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set; set the one of "
               u"your session "
               "(with ssh: ssh -X)%1"_s.arg(otherwise);
    return u"sallyport: the display cannot be opened: %1 does not answer or refuses; set the one of your session%2"_s
        .arg(named.join(u", "_s), otherwise);
}

DisplayGuard::DisplayGuard() { qInstallMessageHandler(insteadOfAborting); }

DisplayGuard::~DisplayGuard() { qInstallMessageHandler(nullptr); }

} // namespace app::gui
