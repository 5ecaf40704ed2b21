// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The command line of sallyport.  Pure: reads nothing but its arguments; a wrong one is a message, never an
// exit.
#include <QSize>
#include <QStringList>

namespace app::gui {

struct PictureSize // of --screenshot-size
{
    QSize size;
    int percent = 100; // zoom
    bool operator==(const PictureSize &) const = default;
};

struct GuiOptions
{
    bool demo = false;
    QStringList demoArguments; // handed to `sallyportctl demo-cluster` as they are
    QString kubeconfig, context, edge, page;
    bool waits = false;                 // for the user to choose a context, whatever file was named
    QString screenshotFolder;           // "" no pictures
    bool screenshotStates = false;      // of every page in every state, too
    QList<PictureSize> screenshotSizes; // {}: the usual ones
    QString text;                       // to be printed before the program ends with exitCode; "" start
    int exitCode = 0;
    // Nothing is contacted at a bare start: only what was named, or a demo cluster of our own.
    bool connectsAtStart() const
    {
        return !waits && (demo || !kubeconfig.isEmpty() || !context.isEmpty() || !screenshotFolder.isEmpty());
    }
};
GuiOptions parseGuiOptions(const QStringList &arguments); // with the program's name first

} // namespace app::gui
