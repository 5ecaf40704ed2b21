// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which cluster, how careful, which namespace and edge, and whether what one sees is live.
#include "models/resources/connection_state.h"
#include "ui/card.h"
#include "ui/context_choice.h"
#include "ui/edge_choice.h"
#include "ui/edge_rules.h"

QT_FORWARD_DECLARE_CLASS(QComboBox)

namespace ui {

class Chip;
class Chooser;

class TopBar : public Surface
{
    Q_OBJECT
public:
    explicit TopBar(QWidget *parent = nullptr);
    void setContexts(const QList<ContextChoice> &contexts, const QString &current);
    // Keeps the chosen ones.  areAll: no other is there; else the last entry asks for a name.
    void setNamespaces(const QStringList &namespaces, bool areAll);
    QStringList chosenNamespaces() const { return m_namespaceNames; }      // {}: all
    void chooseNamespaces(const QStringList &names);                       // {}: all; listed or not
    void setEdges(const QList<EdgeChoice> &edges, const QString &current); // hidden below two
    void
    setRules(const EdgeRules &rules); // of the current edge; shown beside several, and where they were chosen
    void setConnection(const models::ConnectionState &state);
    void setPaused(const QDateTime &since); // invalid: updates go on
    QComboBox *contexts() const;
    QComboBox *namespaces() const;
    void openNamespaces(); // their list, with the focus
    QList<ContextChoice> choices() const { return m_choices; }

Q_SIGNALS:
    void contextChosen(const QString &name);
    void namespacesChosen(const QStringList &names); // {}: all
    void unlistedNamespaceWanted();
    void edgeChosen(const QString &key);
    void rulesChosen(const QString &name);               // "" as the image says
    void modeChosen(models::ConnectionState::Mode mode); // of the context that is shown
    void paletteRequested();
    void pausePressed();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void showRules();
    void showLive();
    void showModeMenu();
    void fit(); // what can be reached another way gives up its place first
    void takeNamespace(int at);
    void listNamespaces();
    void showNamespace();
    void fitEdges(int room, bool isTight);
    void showMore();
    int widthOf(std::initializer_list<const QWidget *> widgets) const; // of those that are shown
    class ModeWord;
    QList<ContextChoice> m_choices;
    QList<EdgeChoice> m_edgeChoices;
    ModeWord *m_mode;
    Chooser *m_contexts, *m_namespaces, *m_edges, *m_rules;
    QStringList m_namespaceNames; // chosen; {} all
    QStringList m_listed;         // that can be chosen
    bool m_areAll = true;         // there is no other
    EdgeRules m_shownRules;
    QPushButton *m_more, *m_search, *m_pause;
    Chip *m_live;
    models::ConnectionState m_connection;
    QDateTime m_pausedSince;
};

} // namespace ui
