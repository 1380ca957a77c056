// On a record page without canvas: asks Apex for an address that opens the page once, and shows it.
import { LightningElement, api } from "lwc";
import invite from "@salesforce/apex/CopilotSidebar.invite";

export default class CopilotSidebar extends LightningElement {
  @api recordId;
  @api objectApiName;
  url;
  trouble;

  connectedCallback() {
    invite({ recordId: this.recordId, objectName: this.objectApiName }).then(
      (url) => { this.url = url; },
      (error) => { this.trouble = error.body?.message ?? String(error); },
    );
  }
}
