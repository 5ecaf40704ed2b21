// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Mesh security: which mutual-TLS mode is in force and which object says so, port by port; and the switch, as
// a wish that is reviewed (diff, dry run, who will break) before anything is written.
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "ui/page_frame.h"

namespace ui {

class Chip;
class TablePane;
class TextLabel;
class TileRow;

class MeshSecurityPage : public PageFrame
{
    Q_OBJECT
public:
    explicit MeshSecurityPage(QWidget *parent = nullptr);
    void setPostures(models::TableModel<models::WorkloadPosture> &postures);       // once
    void setMode(const models::EffectiveMode &mode, const QString &rootNamespace); // of the mesh
    void setWillBreak(const QStringList &warnings); // what STRICT would break, as far as it is known
    void setUndo(const QString &what);              // "Switch the mesh to STRICT", "": nothing to take back
    // What this account lacks for the switch and for taking it back; "" nothing.
    void setForbidden(const QString &forSwitch, const QString &forUndo);
    void setUnknown(const QString &why); // why no pod could be read; "" they were
    void forget() override;
    void setConnection(const models::ConnectionState &state) override;
    QList<ObjectAction> objectActions() override;
    void setNamespaces(const QStringList &names) override;
    void setOpenFindings(const QList<models::Finding> &leadingHere); // for the badge
    QList<QWidget *> panes() const override;
    QList<Command> commands() override;
    void focusFilter() override;
    void goTo(const QString &target) override;
    void setCompact(bool compact) override;

Q_SIGNALS:
    void modeRequested(models::MtlsMode mode); // for the mesh; the answer is a review
    void undoRequested();

protected:
    bool hasContent() const override;

private:
    QWidget *buildMode();
    QWidget *buildFoot();
    void countsChanged();
    void showMode();
    void showWhetherWritable();

    models::TableModel<models::WorkloadPosture> *m_postures = nullptr;
    std::optional<models::EffectiveMode> m_mode;
    QString m_rootNamespace, m_undoWhat;
    QString m_noSwitch, m_noUndo; // rights that are missing
    TileRow *m_tiles;
    TablePane *m_pane;
    Chip *m_modeChip = nullptr;
    TextLabel *m_modeText = nullptr, *m_caution = nullptr;
    QPushButton *m_undo = nullptr, *m_switch = nullptr;
    QList<models::Finding> m_findings; // open ones
    QStringList m_namespaces;          // that are looked at; {}: all
};

} // namespace ui
