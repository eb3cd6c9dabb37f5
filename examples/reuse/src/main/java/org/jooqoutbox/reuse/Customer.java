package org.jooqoutbox.reuse;

import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.schema;

import java.util.UUID;
import org.jooq.TableField;
import org.jooq.impl.CustomRecord;
import org.jooq.impl.CustomTable;
import org.jooq.impl.SQLDataType;

/** A business table of the application's own. Applications have it generated, in a schema of their own choice. */
final class Customer extends CustomTable<Customer.Row> {

    private static final long serialVersionUID = 1L;

    /** The schema in the application's generated classes, which is mapped to each tenant's at run time. */
    static final String UNMAPPED = "shop_unmapped";

    static final Customer CUSTOMER = new Customer();

    final transient TableField<Row, UUID> id = createField(name("id"), SQLDataType.UUID);
    final transient TableField<Row, String> fullName = createField(name("full_name"), SQLDataType.VARCHAR);

    private Customer() {
        super(name("customer"), schema(name(UNMAPPED)));
    }

    @Override
    public Class<Row> getRecordType() {
        return Row.class;
    }

    /** A customer. */
    static final class Row extends CustomRecord<Row> {

        private static final long serialVersionUID = 1L;

        Row() {
            super(CUSTOMER);
        }
    }
}
