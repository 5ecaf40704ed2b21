// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A window full of SampleWorld's facts, shown and active, before each test function.  A test class derives
// from it and calls openWindow() in its init() and closeWindow() in its cleanup() (moc sees no slots of a
// base that is no QObject).
#include "tests/ui/sample_world.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QTest>

class WindowFixture
{
protected:
    void openWindow()
    {
        qRegisterMetaType<models::RequestSpec>();
        m_world = std::make_unique<SampleWorld>();
        m_window = std::make_unique<ui::MainWindow>();
        m_window->setTheme(ui::Theme::Light);
        m_world->fill(*m_window);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void closeWindow()
    {
        m_window.reset(); // first: its views look at the world's models
        m_world.reset();
    }

    template<typename T>
    T *find(const QString &name) const
    {
        return m_window->findChild<T *>(name);
    }

    static void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(QApplication::focusWidget(), key, modifiers);
    }

    std::unique_ptr<SampleWorld> m_world;
    std::unique_ptr<ui::MainWindow> m_window;
};
