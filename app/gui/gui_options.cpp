// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/gui_options.h"

#include <QCommandLineParser>
#include <QRegularExpression>

#include <optional>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

const QStringList &demoOptions() // each with a value
{
    static const QStringList names{u"state"_s,   u"cert-life"_s, u"rate"_s,          u"incident"_s,
                                   u"scale"_s,   u"seed"_s,      u"generation"_s,    u"kube-version"_s,
                                   u"history"_s, u"port"_s,      u"kubeconfig-out"_s};
    return names;
}

void addOptions(QCommandLineParser &parser)
{
    parser.setApplicationDescription(u"A console for Ambassador/Emissary with Istio on Kubernetes."_s);
    parser.addOption({u"kubeconfig"_s,
                      u"This kubeconfig alone, instead of $KUBECONFIG or ~/.kube/config; connects to its "
                      u"current context, as "
                      u"kubectl does."_s,
                      u"FILE"_s});
    parser.addOption({u"context"_s, u"Connect to this context."_s, u"NAME"_s});
    parser.addOption(
        {u"edge"_s, u"Which Ambassador installation, where there are several."_s, u"NAMESPACE/NAME"_s});
    parser.addOption(
        {u"page"_s,
         u"Open this page: overview, routing, certificates, mesh, metrics, request, guide, activity."_s,
         u"NAME"_s});
    parser.addOption({u"screenshot"_s,
                      u"Write a picture of every page, light and dark, into this folder, and end."_s,
                      u"DIR"_s});
    parser.addOption({u"screenshot-states"_s,
                      u"With --screenshot: every page in every state, too (not connected, forbidden …)."_s});
    parser.addOption(
        {u"screenshot-size"_s,
         u"With --screenshot: pages of this size instead, and zoomed: 2560x1440@200. Several may be "
         u"given."_s,
         u"WxH[@PERCENT]"_s});
    parser.addOption(
        {u"demo"_s, u"Start a demo cluster on this machine and show it; it ends with the window."_s});
    for (const QString &name : demoOptions())
        parser.addOption(
            {name, u"Of the demo cluster: as `sallyportctl demo-cluster --%1`."_s.arg(name), u"VALUE"_s});
}

std::optional<PictureSize> pictureSize(const QString &text)
{
    static const QRegularExpression form(u"^(\\d{3,4})x(\\d{3,4})(@(\\d{2,3}))?$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return {};
    const int percent = match.captured(4).isEmpty() ? 100 : match.captured(4).toInt();
    if (percent < 80 || percent > 200)
        return {};
    return PictureSize{{match.captured(1).toInt(), match.captured(2).toInt()}, percent};
}

GuiOptions say(const QString &text, int exitCode)
{
    GuiOptions options;
    options.text = text;
    options.exitCode = exitCode;
    return options;
}

} // namespace

GuiOptions parseGuiOptions(const QStringList &arguments)
{
    QCommandLineParser parser;
    addOptions(parser);
    const QCommandLineOption help = parser.addHelpOption();
    const QCommandLineOption version = parser.addVersionOption();
    if (!parser.parse(arguments))
        return say(u"sallyport: %1; `sallyport --help` lists the options"_s.arg(parser.errorText()), 2);
    if (parser.isSet(help))
        return say(parser.helpText().replace(u"<executable_name>"_s, u"sallyport"_s), 0);
    if (parser.isSet(version))
        return say(u"sallyport " SALLYPORT_VERSION ""_s, 0);
    if (!parser.positionalArguments().isEmpty())
        return say(u"sallyport: '%1' is no option; `sallyport --help` lists them"_s.arg(
                       parser.positionalArguments().constFirst()),
                   2);
    GuiOptions options;
    options.demo = parser.isSet(u"demo"_s);
    options.kubeconfig = parser.value(u"kubeconfig"_s);
    options.context = parser.value(u"context"_s);
    options.edge = parser.value(u"edge"_s);
    options.page = parser.value(u"page"_s);
    options.screenshotFolder = parser.value(u"screenshot"_s);
    options.screenshotStates = parser.isSet(u"screenshot-states"_s);
    if (options.screenshotStates && options.screenshotFolder.isEmpty())
        return say(u"sallyport: --screenshot-states needs --screenshot DIR"_s, 2);
    for (const QString &text : parser.values(u"screenshot-size"_s)) {
        const auto size = pictureSize(text);
        if (!size || options.screenshotFolder.isEmpty())
            return say(size
                           ? u"sallyport: --screenshot-size needs --screenshot DIR"_s
                           : u"sallyport: --screenshot-size %1 is no size; write 2560x1440, or 2560x1440@200 "
                             u"for a zoom of 80 to 200 %"_s.arg(text),
                       2);
        options.screenshotSizes.append(*size);
    }
    for (const QString &name : demoOptions()) {
        if (parser.isSet(name) && !options.demo)
            return say(u"sallyport: --%1 is of the demo cluster; it needs --demo"_s.arg(name), 2);
        for (const QString &value : parser.values(name)) // --incident more than once
            options.demoArguments += {u"--"_s + name, value};
    }
    if (options.demo && !options.kubeconfig.isEmpty())
        return say(u"sallyport: --demo brings its own kubeconfig; leave --kubeconfig out"_s, 2);
    return options;
}

} // namespace app::gui
