// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What every page is: a title, one line of facts, a place for a banner, and content or, in its place, the
// page's state (not connected, connecting, loading, forbidden, absent, failed).  Content that was once there
// stays when the connection goes stale, with its age. Facts come in by setters, wishes go out by signals; a
// page never knows who answers.
#include "models/resources/connection_state.h"
#include "ui/command_palette.h"
#include "ui/object_action.h"
#include "ui/page_state.h"

#include <QPointer>

QT_FORWARD_DECLARE_CLASS(QBoxLayout)
QT_FORWARD_DECLARE_CLASS(QHBoxLayout)
QT_FORWARD_DECLARE_CLASS(QStackedWidget)
QT_FORWARD_DECLARE_CLASS(QTimer)
QT_FORWARD_DECLARE_CLASS(QVBoxLayout)

namespace ui {

class PageFrame : public QWidget
{
    Q_OBJECT
public:
    PageFrame(const QString &id, const QString &title, QWidget *parent);
    const QString &id() const { return m_id; }
    const QString &title() const { return m_title; }
    void setFacts(const QString &line);
    QString facts() const; // as shown: while the page has nothing to show, that they are not known, and why
    virtual void forget(); // another cluster, or none: nothing of what was read is true there
    virtual void setConnection(const models::ConnectionState &state);
    void setProblem(const PageProblem &problem);
    Banner &banner() const { return *m_banner; }
    // The window's answer to what was just done, in the place of the page's own banners while it says something: one at a time.
    void takeReport(Banner *report);
    const StatePanel *state() const;                    // nullptr while the content is shown
    virtual void setNamespaces(const QStringList &) { } // that are looked at; {}: all
    bool focusContent(); // the main pane, or Retry in its place; false: there is nothing that takes the focus
    virtual QList<QWidget *> panes() const { return {}; } // for F6, in order
    static bool isReachable(const QWidget *pane);         // it is seen, can be used, and is no empty detail
    virtual void focusFilter() { }
    virtual void goTo(const QString &) { }                         // a key or a filter, from another page
    virtual QList<Command> commands() { return {}; }               // its objects, for the palette
    virtual QList<ObjectAction> objectActions() { return {}; }     // with what is chosen on it
    virtual models::ObjectRef currentObject() const { return {}; } // where no table has it
    virtual void setCompact(bool) { }
    // F9: the details of a table are shown or hidden.  What was chosen, and how wide they were dragged, is remembered.
    virtual void toggleDetails();
    void showDetails(); // where the page has any
    virtual QStringList detailState() const;
    virtual void restoreDetailState(const QStringList &state);

Q_SIGNALS:
    void badgeChanged(const QString &text, std::optional<models::Severity> severity); // of the sidebar
    void contentShown(); // in the place of the state
    void retryRequested();
    void contextRequested();    // to choose one, on the welcome page
    void namespacesRequested(); // to choose one
    void refreshRequested();
    void doctorRequested(const QString &context);
    void fileRequested();   // another kubeconfig
    void cancelRequested(); // leave the cluster that is being connected to or read
    void pageRequested(const QString &pageId, const QString &target); // another page, at a key or filter

protected:
    void setContent(QWidget *content);
    void addHeaderWidget(QWidget *widget); // right of the title
    void addBelowHeader(QWidget *widget);  // tabs, steps: with the page's margins
    virtual bool hasContent() const = 0;   // something has arrived that can be shown
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    // Of cards, which cannot be squeezed as tables can, in pixels at 100 %; what is less is scrolled.  0: it is tables.
    virtual int leastHeight() const { return 0; }
    int bodyWidth() const;                                   // in pixels: what content gets
    void fitBody();                                          // again, where leastHeight() is another one
    void setKinds(const QString &kinds) { m_kinds = kinds; } // "Mappings": what the page is of
    // Of the kind itself, by the page's own banner: the banner about rights leaves it out.
    void setTold(const QStringList &plurals);
    virtual void refreshAges() { } // each second while the page is seen: "3 s ago" goes on without an event
    void updateState();
    bool isLive() const { return m_connection.phase == models::ConnectionState::Phase::Live; }
    const models::ConnectionState &connection() const { return m_connection; }

private:
    QString whyUnknown() const;
    void fulfil(PageWish wish);
    void bannerPressed();
    void showFacts();
    void updateBanner();
    void arrangeBanners();
    QString partialText() const;
    const QString m_id, m_title;
    QString m_factLine;
    QStringList m_told;
    class TextLabel *m_heading, *m_facts;
    QBoxLayout *m_words; // title and facts
    QHBoxLayout *m_headerWidgets;
    QVBoxLayout *m_below;
    QPointer<Banner> m_report; // of the window, while it is on this page
    QWidget *m_ownBanners;
    Banner *m_banner;
    Banner *m_stale;
    QStackedWidget *m_stack;
    QWidget *m_scrolled;
    StatePanel *m_panel;
    QTimer *m_clock; // while it is seen: seconds pass
    models::ConnectionState m_connection;
    PageProblem m_problem;
    QString m_kinds;
    PageWish m_primary = PageWish::Retry, m_secondary = PageWish::Retry; // of the panel's buttons
};

} // namespace ui
