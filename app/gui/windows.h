// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The console's windows, each with a cluster of its own; the last one that is closed ends the program.  How a
// window looks is remembered when it is closed, and is how the next one begins.
#include "app/gui/application.h"
#include "app/gui/desktop_notifier.h"

#include <vector>

namespace app::gui {

class Windows : public QObject
{
    Q_OBJECT
public:
    explicit Windows(GuiOptions options, QObject *parent = nullptr);
    ~Windows() override;
    Application &open(); // not yet shown nor started
    size_t count() const { return m_consoles.size(); }

private:
    void remember(ui::MainWindow &window);
    Application &open(const GuiOptions &options);
    void openBeside(const Application &first);
    bool eventFilter(QObject *watched, QEvent *event) override;
    GuiOptions m_options;
    DesktopNotifier m_notifier;
    std::vector<std::unique_ptr<Application>> m_consoles;
};

} // namespace app::gui
